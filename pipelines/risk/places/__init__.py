"""Risk of places: where incidents are to be expected, by what evidence, and where nothing is known.

Places are cells of a fixed grid and named buildings. No person, household or mover of any kind is read here.
"""
