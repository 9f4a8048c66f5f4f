"""The flask commands, one file a group."""

from ticketing.cli.demo import demo

__all__ = ["demo"]
