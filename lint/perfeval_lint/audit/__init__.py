"""Files to reports, in batches."""
