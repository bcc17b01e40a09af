"""How old the data of each feed is, day by day, and of which areas nothing is known."""
