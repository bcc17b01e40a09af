"""The list of places for a grid worker: one street a sheet, cells, buildings, estates, and what is not known there.

Reads open marts alone and borrows the geometry of the map, so that both pages tell the same numbers.
"""
