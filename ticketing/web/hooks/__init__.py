"""Doors for machines: what providers tell us, each request proven genuine before anything is read."""

from ticketing.web.hooks.cti import cti
from ticketing.web.hooks.twilio_sms import twilio_sms
from ticketing.web.hooks.twilio_voice import twilio_voice

__all__ = ["cti", "twilio_sms", "twilio_voice"]
