"""Runs an audit: reads files in processes of their own, judges forms in slices."""
