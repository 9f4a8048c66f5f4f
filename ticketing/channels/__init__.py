"""One provider per file: verify, parse, send; the only place that imports a vendor SDK."""
