"""Recompute every clock of an export with nothing but this package: `python -m sla.verify FILE`.

Prints each difference and `N clocks, D differences`; ends with 1 where there is one, with 2 for a file that is
no export. It needs no database, no setting and no network, so that whoever doubts a deadline can run it.
"""

import sys
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from sla.calendars import Calendars
from sla.derived import Derived, derive
from sla.export import Altered, ExportError, Header, Kept, read
from sla.ledger import LedgerError, replay
from sla.notices import CalendarError
from sla.policy import Policy
from sla.rungs import ClockKind

CHANGED, UNREADABLE = 1, 2


@dataclass(frozen=True, slots=True)
class Difference:
    """One field of a clock that was shown other than it recomputes."""

    id: int
    number: str
    clock: str
    field: str
    shown: object
    recomputed: object

    def __str__(self) -> str:
        return (
            f"clock {self.id} of {self.number} ({self.clock}): {self.field} was shown as {self.shown}, "
            f"recomputes to {self.recomputed}"
        )


class Checker:
    """The documents of an export, ready to recompute its clocks."""

    def __init__(self, header: Header) -> None:
        """Lay the calendars and read the policies; raises DocumentError for a document that cannot be used."""
        self._calendars = Calendars.from_documents(header.calendars)
        self._policies = {str(body["version"]): Policy.from_document(body) for body in header.policies}

    def differences(self, kept: Kept) -> Iterator[Difference]:
        """Return what of a clock recomputes to something else."""
        try:
            derived = self._derive(kept)
        except (LedgerError, CalendarError, KeyError, ValueError) as error:
            yield Difference(kept.id, kept.number, kept.clock, "ledger", "a ledger", f"{error}")
            return
        for name in Derived._fields:
            was, now = getattr(kept.shown, name), getattr(derived, name)
            if was != now:
                yield Difference(kept.id, kept.number, kept.clock, name, was, now)

    def _derive(self, kept: Kept) -> Derived:
        numbers = [seq for seq, _entry in kept.entries]
        if numbers != list(range(1, len(numbers) + 1)):
            raise LedgerError(f"lines {numbers} are not numbered from 1 without a gap")
        state = replay(entry for _seq, entry in kept.entries)
        rungs = self._policies[state.policy].rungs(ClockKind(kept.clock), state.target)
        return derive(state, self._calendars.named(state.calendar), rungs, passed=kept.shown.rungs_passed)


def verify(lines: Iterable[str]) -> Iterator[list[Difference]]:
    """Return the differences of each clock of an export, in its order.

    Raises:
        ExportError, Altered: as `sla.export.read`.
        DocumentError: a calendar or policy in it cannot be used.
    """
    header, clocks = read(lines)
    checker = Checker(header)
    for kept in clocks:
        yield list(checker.differences(kept))


def main(arguments: list[str]) -> int:
    """Check one file and tell; return the exit status."""
    if len(arguments) != 1:
        print("usage: python -m sla.verify FILE", file=sys.stderr)
        return UNREADABLE
    clocks = differences = 0
    try:
        with Path(arguments[0]).open(encoding="utf-8") as lines:
            for found in verify(lines):
                clocks += 1
                differences += len(found)
                for one in found:
                    print(one)
    except Altered as error:
        differences += 1
        print(error)
    except (OSError, ExportError, ValueError) as error:
        print(f"{arguments[0]}: {error}", file=sys.stderr)
        return UNREADABLE
    print(f"{clocks} clocks, {differences} differences")
    return CHANGED if differences else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
