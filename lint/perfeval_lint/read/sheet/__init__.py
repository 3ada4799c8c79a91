"""Workbooks of all kinds to grids."""
