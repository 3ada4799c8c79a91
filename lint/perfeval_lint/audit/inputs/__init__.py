"""The inputs of an audit: files, folders, archives, lists of paths."""
