"""Addresses without a register: the divisions of the country and rules for how names and numbers end.

Serves texts outside the jurisdiction, cities whose register is not loaded yet, and the public benchmark. What needs the
register of the jurisdiction lives one package up.
"""
