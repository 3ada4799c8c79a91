"""Plain text to grids and lines."""
