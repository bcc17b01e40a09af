"""Scored pairs to persons under constraints, and the second pass over what groups vouch for."""
