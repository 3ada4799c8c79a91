"""The words a layout is known by."""
