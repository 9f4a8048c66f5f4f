"""Asks providers that tell nothing by themselves for receipts and replies of text messages.

What a provider hands over it forgets, so each is taken down by itself: one that cannot be must not lose the others.
"""

import structlog
from flask import current_app

from ticketing.channels.base import Fetching, Reply, Retry
from ticketing.extensions import transaction, vault
from ticketing.services import receipts, text_status

log = structlog.get_logger()


def run() -> int:
    """Fetch once; return how many receipts and replies there were."""
    channel = current_app.extensions["channels"].get("sms")
    if not isinstance(channel, Fetching):
        return 0
    try:
        fetched = channel.fetch()
    except Retry as trouble:
        log.warning("receipts cannot be fetched", reason=str(trouble))
        return 0
    now = current_app.extensions["clock"]()
    with transaction():
        for one in fetched.receipts:
            if one.key.isdecimal():
                receipts.note(int(one.key), one.told, now, error=one.error)
    for reply in fetched.replies:
        with transaction():
            text_status.receive(_identity(reply), reply.sender, reply.body, now)
    return len(fetched.receipts) + len(fetched.replies)


def _identity(reply: Reply) -> str:
    """Return a keyed digest: what came in holds a password."""
    return f"reply-{vault.mac(reply.identity)}"
