"""The golden record of a person: survivorship of every attribute."""
