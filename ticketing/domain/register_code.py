"""统一社会信用代码: 18 characters, the last a check character (GB 32100-2015)."""

import unicodedata

from ticketing.domain.errors import Invalid
from ticketing.domain.words import N_

_ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"
_LENGTH = 18


def check_character(stem: str) -> str:
    """Return the check character of the first 17 characters; weights are powers of 3 modulo 31."""
    total = sum(_ALPHABET.index(char) * pow(3, place, 31) for place, char in enumerate(stem))
    return _ALPHABET[-total % 31]


def parse_register_code(typed: str, *, field: str = "register_code") -> str:
    """Return the code in capitals, or an empty string for an empty field.

    Raises:
        Invalid: with `field`, when the code cannot be one.
    """
    code = unicodedata.normalize("NFKC", typed).replace(" ", "").replace("-", "").upper()
    if not code:
        return ""
    if (
        len(code) != _LENGTH
        or any(c not in _ALPHABET for c in code)
        or check_character(code[:-1]) != code[-1]
    ):
        raise Invalid(
            N_("统一社会信用代码是营业执照上的 18 位代码，请对照再看一遍；不方便时可以不填。"), field=field
        )
    return code
