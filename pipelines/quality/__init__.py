"""Great Expectations behind one door, and what becomes of its counts.

Only `expecting` imports great_expectations.
"""
