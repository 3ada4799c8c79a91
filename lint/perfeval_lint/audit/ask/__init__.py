"""Evaluates the results of an audit: draws samples, compares two audits."""
