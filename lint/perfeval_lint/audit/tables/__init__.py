"""Tables exported from a budget system: found, mapped to the canonical columns, and laid into the store by SQL."""
