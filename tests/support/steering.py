"""A telephone account that can be asked for things, with the provider's own contract in the provider's place."""

import pytest
from flask import Flask

from tests.support.contract import Contract
from ticketing.channels.voice_twilio import CallsOut, TwilioVoice

OURS, CENTRE = "+15005550006", "+8645187001190"
OUT = CallsOut(OURS, {"119": CENTRE})


def account(contract: Contract, address: str = "https://desk.example.org") -> TwilioVoice:
    return TwilioVoice("AC" + "0" * 32, "t" * 32, address, out=OUT, http_client=contract)


def installed(app: Flask, contract: Contract, patch: pytest.MonkeyPatch) -> None:
    """Let the application ask this account."""
    patch.setitem(app.extensions, "voice", account(contract, app.config["ADDRESS"]))
