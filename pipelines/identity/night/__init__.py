"""One night of identity, from raw rows to all its tables."""
