"""The inputs: the one list, where a value is found, how its text is read. Pure."""
