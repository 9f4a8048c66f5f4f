"""Values listed behind a field, any of which is meant: commas part them, and quotes keep a comma in one of them."""

import re
from dataclasses import dataclass

COMMAS = ",、"
_ITEM = re.compile(rf'((?:"[^"]*"?|[^"{COMMAS}])*)([{COMMAS}]|$)')


@dataclass(frozen=True)
class Item:
    """One value as it was typed, without quotes, and where it stands."""

    text: str
    start: int
    end: int


def listed(value: str, start: int = 0) -> list[Item]:
    """Return the values of a list that begins at a place of its line; what is between two commas may be empty."""
    found = []
    for item in _ITEM.finditer(value):
        found.append(Item(item[1].strip('"'), start + item.start(1), start + item.end(1)))
        if not item[2]:
            break
    return found
