"""Running an audit: files read in processes of their own, forms judged in slices."""
