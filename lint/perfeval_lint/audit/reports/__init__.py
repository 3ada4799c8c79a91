"""What is made from the store of an audit, for people and programs."""
