"""The report as web pages."""
