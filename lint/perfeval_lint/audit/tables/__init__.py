"""Tables exported from a budget system: found, mapped to the canonical columns, and written into the store by SQL."""
