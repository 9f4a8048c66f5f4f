"""常用语: what may stand in one, and how its places are filled from the ticket that it is put into."""

import re
from collections.abc import Mapping

#: What a place becomes is known from the ticket, by either name; every other stays for the person who writes.
PLACES = {"企业": "enterprise", "编码": "number", "单位": "bureau", "期限": "due", "今天": "today"}
_PLACE = re.compile(r"\{([^{}\n]{1,20})\}")


def filled(text: str, values: Mapping[str, str]) -> str:
    """Return a text with its places filled as far as they are known."""
    known = {**values, **{other: values.get(name, "") for name, other in PLACES.items()}}
    return _PLACE.sub(lambda found: known.get(found[1].strip().casefold(), "") or found.group(), text)


def appended(text: str, more: str) -> str:
    """Return a text with another put behind it, in a line of its own."""
    return f"{text.rstrip()}\n\n{more}" if text.strip() else more
