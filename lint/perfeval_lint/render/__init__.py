"""Canonical forms back to Word, Excel and HTML in the official layout."""
