"""The national divisions: codes, ways to write their names, and what became of them."""
