"""Tokens, audit log, disclosure control."""
