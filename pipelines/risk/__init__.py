"""Risk of places and service needs; never of a person."""
