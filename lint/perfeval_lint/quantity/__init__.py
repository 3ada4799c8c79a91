"""Reads what people typed as target and result: exactly, or not at all."""
