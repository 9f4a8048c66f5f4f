"""The rooms of the telephone: one blueprint, its pages in files of their own."""

from ticketing.web.call_lists import duties, log
from ticketing.web.call_page import show
from ticketing.web.call_recordings import recording
from ticketing.web.call_steering import line
from ticketing.web.calls import board, calls

__all__ = ["board", "calls", "duties", "line", "log", "recording", "show"]
