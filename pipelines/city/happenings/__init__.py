"""What truly happens in the city and what stands ready in it, before any department writes it down.

The feeds write these tables with their errors; `pipelines.city.kpi` counts them as they are.
"""
