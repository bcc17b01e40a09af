"""The heat map of places: cells, buildings and estates as one inline SVG, with the lists of cells beside it.

Reads open marts alone. Geometry (`ground`, `bands`, `paths`, `hulls`, `layout`, `labels`) is pure and knows no markup.
"""
