"""Notes, fills and a sheet of findings into workbooks."""
