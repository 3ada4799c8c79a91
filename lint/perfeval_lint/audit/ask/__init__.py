"""Asking the results of an audit: samples, and two audits held against each other."""
