"""The measurement of a loaded home against the truth of its generated city."""
