"""What the page of a period's figures shows, as of some seconds ago: it reads every row of the period."""

import dataclasses
import datetime as dt
from dataclasses import dataclass
from typing import Any

from ticketing.services import performance
from ticketing.services.lately import lately
from ticketing.services.performance import Asked, Borne, Counts, Table
from ticketing.services.province import Province


@dataclass(frozen=True)
class Shown:
    """The period's table, the period before, what bureaus bear (by bureau alone), and call-backs (due, in time)."""

    table: Table
    before: Counts
    borne: dict[str, Borne]
    callbacks: tuple[int, int] | None
    at: dt.datetime


def shown(asked: Asked, by: str, now: dt.datetime, province: Province) -> Shown:
    """Return what the page shows, with rows by a dimension."""
    question = "|".join(("figures", by, *map(str, dataclasses.astuple(asked))))
    found = lately(question, now, lambda: _reckon(asked, by, now, province))
    value = found.value
    table = Table(
        Counts(value["total"]),
        {dt.date.fromisoformat(day): Counts(counts) for day, counts in value["days"].items()},
        {code: Counts(counts) for code, counts in value["rows"].items()},
    )
    borne = {code: Borne(*one) for code, one in value["borne"].items()}
    called = tuple(value["callbacks"]) if value["callbacks"] else None
    return Shown(table, Counts(value["before"]), borne, called, found.at)


def _reckon(asked: Asked, by: str, now: dt.datetime, province: Province) -> dict[str, Any]:
    table = performance.table(asked, by, province)
    borne = performance.borne(asked, province) if by == "bureau" else {}
    return {
        "total": table.total.numbers,
        "days": {day.isoformat(): one.numbers for day, one in table.days.items()},
        "rows": {code: one.numbers for code, one in table.rows.items()},
        "before": performance.total(asked.before(), province).numbers,
        "borne": {code: dataclasses.astuple(one) for code, one in borne.items()},
        "callbacks": performance.callbacks(asked, now),
    }
