"""Judges forms by rules, in DuckDB."""
