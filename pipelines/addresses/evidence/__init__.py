"""What other records and coordinates say of a place that a text names."""
