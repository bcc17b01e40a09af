"""Pressure of disputes and repairs on estates (小区压力), month by month, with what drives it.

Counts of cases and work orders of an estate against estates of its size; nothing of who they are.
"""
