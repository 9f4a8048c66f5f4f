"""Instants as people of the province write them."""

import datetime as dt

from sla.instants import ZONE


def local(text: str) -> dt.datetime:
    """Return the instant that a local date and time name."""
    return dt.datetime.fromisoformat(text).replace(tzinfo=ZONE)
