"""The words of findings: for each fact the Python for one form beside the SQL for a million."""
