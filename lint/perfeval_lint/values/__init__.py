"""A cell to its canonical value: the Python for paper and the SQL for columns of tables side by side, a fact a file."""
