"""Asks for calls whose end never came; no session is held while a provider thinks."""

import structlog
from flask import current_app

from ticketing.channels.base import Retry
from ticketing.channels.voice_twilio import DEMO_ACCOUNT, TwilioVoice
from ticketing.channels.voice_twilio import PROVIDER as TWILIO
from ticketing.domain.signals import Signal
from ticketing.extensions import transaction
from ticketing.services import province as provinces
from ticketing.services import reconcile

AT_ONCE = 50
log = structlog.get_logger()


def run() -> int:
    """Go through the silent calls, a claim at a time; return how many have ended."""
    ended = 0
    while True:
        now = current_app.extensions["clock"]()
        with transaction():
            silent = reconcile.silent(now, AT_ONCE)
        for call_id, provider, provider_id in silent:
            told = _ask(provider, provider_id)
            with transaction():
                ended += reconcile.close(call_id, told, now, provinces.current())
        if len(silent) < AT_ONCE:
            return ended


def _ask(provider: str, provider_id: str) -> list[Signal]:
    voice: TwilioVoice | None = current_app.extensions["voice"]
    if provider != TWILIO or voice is None or voice.account_sid == DEMO_ACCOUNT:
        return []
    try:
        return voice.call(provider_id)
    except Retry as trouble:
        log.warning("a silent call stays silent", reason=str(trouble))
        return []
