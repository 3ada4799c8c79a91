"""Rule files: loading, checking, profiles."""
