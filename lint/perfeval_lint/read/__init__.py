"""Files of all kinds to grids and lines; knows nothing of forms."""
