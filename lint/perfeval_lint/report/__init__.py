"""Outcomes to what people and programs read."""
