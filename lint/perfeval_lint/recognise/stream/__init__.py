"""Forms that come one cell a line."""
