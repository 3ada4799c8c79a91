"""The tools people would take instead, each running the same checks as far as it can, in an environment of its own."""
