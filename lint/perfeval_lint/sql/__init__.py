"""SQL as this tool writes it: quoted names and values, columns and their types, the database rules are judged in."""
