"""What people typed as target and result: read exactly, or said not to be understood."""
