"""Word files to grids and lines."""
