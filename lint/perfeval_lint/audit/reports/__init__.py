"""Writes the reports of an audit from its store, for people and programs."""
