"""The pieces of SQL all else is built of: quoted names and values, columns and their types, the database."""
