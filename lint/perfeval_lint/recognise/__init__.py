"""Grids and lines to canonical forms, driven by the templates."""
