"""Comments into Word files."""
