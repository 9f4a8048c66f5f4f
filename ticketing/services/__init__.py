"""Verbs: they take rows and now, record events, and never commit."""
