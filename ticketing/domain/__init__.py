"""Words and rules of the desk on the standard library alone."""
