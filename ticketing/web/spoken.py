"""Numbers as they are read out on a telephone: digit by digit, in groups."""

from itertools import pairwise

from ticketing.web.i18n import language

DIGITS = {
    "zh": "零一二三四五六七八九",
    "en": ("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine"),
}
#: Day, serial, check digit.
GROUPS = (6, 12)


def number(digits: str) -> str:
    """Return a ticket number in words: 二零零六零七，零零零一二三，八."""
    cuts = [0, *(cut for cut in GROUPS if cut < len(digits)), len(digits)]
    return _comma().join(_group(digits[a:b]) for a, b in pairwise(cuts))


def password(digits: str) -> str:
    """Return a password in words, three and three."""
    return _comma().join(_group(digits[i : i + 3]) for i in range(0, len(digits), 3))


def _group(digits: str) -> str:
    return ("" if language() == "zh" else " ").join(DIGITS[language()][int(digit)] for digit in digits)


def _comma() -> str:
    return "，" if language() == "zh" else ", "
