"""Reports for people and programs, from the outcomes of judging."""
