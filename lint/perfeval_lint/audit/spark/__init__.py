"""The bulk audit on a Spark cluster. Nothing of pyspark is imported before a session begins."""
