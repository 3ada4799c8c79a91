"""Forms and rules to outcomes, in DuckDB."""
