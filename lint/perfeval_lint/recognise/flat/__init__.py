"""Forms that come as text without cells."""
