"""Forms whose cells stand in rows."""
