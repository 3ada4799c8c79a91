"""Lints files: paths in, reports out."""
