"""Great Expectations behind one door, and what becomes of its counts.

Only `suites` imports great_expectations.
"""
