"""The desk: the application around routing and sla, in layers."""
