"""Web pages to grids and lines."""
