"""The log of a case as a chain: each line names the digest of the one before it, so a change or a gap is noticed.

A filed record is checked with this module and the standard library alone:
`python -m ticketing.domain.case_record case-7.json`.
"""

import hashlib
import json
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
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


def document_digest(record: Mapping[str, Any]) -> str:
    """Return the digest of a whole record, the same for whoever it was handed to: names are left out of it.

    The names that a reader is shown are bound by the keyed digests of the lists, which both sides confirmed.
    """
    kept = {name: value for name, value in record.items() if name not in ("digest", "rounds")}
    rounds = [{**one, "lists": [_nameless(listed) for listed in one["lists"]]} for one in record["rounds"]]
    text = json.dumps({**kept, "rounds": rounds}, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


def _nameless(listed: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in listed.items() if name != "members"}


def faults(record: Mapping[str, Any]) -> list[str]:
    """Return in sentences what does not hold of a filed record; none for a whole one."""
    found = []
    if (place := broken_at(record["log"])) is not None:
        found.append(f"line {place} of the log does not follow from those before it")
    if record["anchor"] != (record["log"][-1]["hash"] if record["log"] else FIRST):
        found.append("the anchor is not the digest of the last line: lines are missing at the end")
    if record["digest"] != document_digest(record):
        found.append("the digest of the record is another: something beside the log was changed")
    return found


def main(path: str) -> int:
    """Check a file, say what is wrong or that it is whole; return 1 where something is wrong."""
    record = json.loads(Path(path).read_text(encoding="utf-8"))
    found = faults(record)
    sys.stdout.write(
        "\n".join(found or [f"whole: {len(record['log'])} lines, anchor {record['anchor']}"]) + "\n"
    )
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
