"""The store of an audit, its results in either form, and the temporary tables of a run."""
