"""From how people write an address to the standard address: register, parse, match.

Pure but for reading reference data.
"""
