"""Annotations into PDF files."""
