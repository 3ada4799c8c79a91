"""What an audit is given: files, folders, archives, lists of paths."""
