"""PDF files to grids and lines."""
