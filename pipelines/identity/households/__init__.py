"""Who lives with whom, in which dwelling, since when."""
