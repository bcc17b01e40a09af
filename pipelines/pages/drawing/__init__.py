"""Pictures as inline SVG: small pure functions from numbers to markup, drawn to scale.

Every picture is decoration beside its numbers: it is hidden from screen readers, and the template writes the numbers.
"""
