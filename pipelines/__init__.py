"""Streetlake's domain code: from department exports to published marts.

Nothing in here knows Dagster; everything is importable, testable and usable without it.
Imports flow one way, as `pyproject.toml` enforces with import-linter.
"""
