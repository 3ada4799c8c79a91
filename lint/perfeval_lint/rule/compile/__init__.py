"""Checked rules and definitions to SQL."""
