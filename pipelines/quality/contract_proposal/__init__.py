"""A contract proposed from a sample file of a feed that nobody has declared yet, for a person to edit.

What is guessed is told with its evidence, in counts; no value of a column that looks personal leaves this package.
"""
