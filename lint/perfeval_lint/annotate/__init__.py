"""Findings into the clerk's own file, as comments in the very cells."""
