"""Ticket numbers: `YYMMDD` of issue + six digits + one Damm check digit, digits only.

Digits can be read out and typed on a telephone. The Damm code catches each single mistyped
digit and each swap of neighbours, so that a typing error is told as such before any look-up.
The quasigroup is the totally anti-symmetric one of order ten published in H. M. Damm's
dissertation (Marburg 2004).
"""

import datetime as dt
import unicodedata

from ticketing.domain.clock import local
from ticketing.domain.errors import Invalid
from ticketing.domain.words import N_

#: 900000–999999 are for blocks issued in advance to offline desks.
ONLINE_SERIALS = 900_000
LENGTH = 13

_DAMM = (
    "0317598642",
    "7092154863",
    "4206871359",
    "1750983426",
    "6123045978",
    "3674209581",
    "5869720134",
    "8945362017",
    "9438617205",
    "2581436790",
)


def check_digit(digits: str) -> str:
    """Return the Damm check digit of a string of ASCII digits."""
    interim = "0"
    for digit in digits:
        interim = _DAMM[int(interim)][int(digit)]
    return interim


def issue(now: dt.datetime, serial: int) -> str:
    """Return the 13-digit number for `serial` (0–999999) issued at `now`."""
    stem = f"{local(now):%y%m%d}{serial:06d}"
    return stem + check_digit(stem)


def shown(number: str) -> str:
    """Return the number as people see it: 200607-000123-8."""
    return f"{number[:6]}-{number[6:12]}-{number[12:]}"


def parse(typed: str) -> str:
    """Return the 13 digits of what somebody typed (full width, dashes and blanks are forgiven).

    Raises:
        Invalid: with field `number`, when digits are missing or the check digit does not fit.
    """
    folded = unicodedata.normalize("NFKC", typed)
    digits = "".join(char for char in folded if char not in " -–—\t_.")
    if not digits.isascii() or not digits.isdigit() or len(digits) != LENGTH:
        raise Invalid(N_("事项编码是 13 位数字，例如 200607-000123-9。"), field="number")
    if check_digit(digits) != "0":
        raise Invalid(N_("事项编码可能输错了一位或颠倒了相邻两位，请对照回执再看一遍。"), field="number")
    return digits
