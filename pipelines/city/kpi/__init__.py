"""Indicators counted from the city as it is: true places, true persons, true clocks, never from an exported row.

`truth_kpi` is what `marts.kpi_monthly` is measured against. What cannot be known from the world says why in `unknown`.
"""
