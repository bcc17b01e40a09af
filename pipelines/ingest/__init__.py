"""From delivered bytes to typed raw rows and quarantine, by contract.

No knowledge of a single feed lives here: that is in the contracts.
"""
