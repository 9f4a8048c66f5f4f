"""JSON in and out, described once for readers and for the parser."""
