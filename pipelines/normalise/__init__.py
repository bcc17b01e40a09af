"""Pure normal forms: names, ID numbers, phones, text; one concept a module.

No I/O, no clock.
"""
