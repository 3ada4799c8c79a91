"""Forms whose cells are in rows."""
