"""The first page: every indicator of the district at a glance, what needs attention first, and all lights by area."""
