"""Blueprints: parse, one verb, present."""
