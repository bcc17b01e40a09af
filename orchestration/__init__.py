"""Dagster's side of Streetlake: assets, checks, schedules, sensors.

No rule of the domain lives here: an asset reads, calls one pure function of `pipelines`, writes, reports numbers.
"""
