"""The likely slip behind the numbers of a form that disagree."""
