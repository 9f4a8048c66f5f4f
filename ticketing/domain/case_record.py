"""The log of a case as a chain: each line names the digest of the one before it, so a change or a gap is noticed.

A filed record is checked with this module and the standard library alone.
"""

import hashlib
import json
from collections.abc import Mapping, Sequence
from typing import Any

FIRST = "0" * 64
#: What a line's digest covers, beside the digest before it.
COVERED = (
    "case_id", "seq", "at", "action", "from_state", "to_state", "step_number", "step_from", "step_to",
    "actor_kind", "actor_id", "actor_name", "party_id", "text", "data",
)  # fmt: skip


def digest(previous: str, line: Mapping[str, Any]) -> str:
    """Return the digest of a line after `previous`; instants are given as ISO text in UTC."""
    body = {name: line[name] for name in COVERED}
    text = json.dumps(body, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(f"{previous}\n{text}".encode()).hexdigest()


def broken_at(lines: Sequence[Mapping[str, Any]]) -> int | None:
    """Return the number of the first line that does not follow from those before it; None for a whole chain."""
    previous = FIRST
    for place, line in enumerate(lines, start=1):
        if line["seq"] != place or line["hash"] != digest(previous, line):
            return place
        previous = line["hash"]
    return None
