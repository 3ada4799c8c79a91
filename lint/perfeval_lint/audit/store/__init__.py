"""The store of an audit, and the results kept in it."""
