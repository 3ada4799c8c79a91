"""Paths in, report out."""
