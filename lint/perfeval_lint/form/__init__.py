"""The canonical form: definition, YAML in and out, schema."""
