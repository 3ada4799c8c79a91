"""What findings say: the Python of one form and the SQL of a million, of each fact side by side."""
