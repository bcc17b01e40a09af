"""The registry of indicators and its lights."""
