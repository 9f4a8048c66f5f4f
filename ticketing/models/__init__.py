"""One aggregate per file: columns and relationships, no verbs."""
