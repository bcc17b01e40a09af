"""Linkage of any table by a declared model file: columns, blocking rules and comparison levels as plain SQL.

The engine is that of the night: bounded blocks, m trained by Splink's EM, weights, clustering. What a department's feed
means and what the seventeen feeds need lives in the other packages; nothing here knows a column of ours.
"""
