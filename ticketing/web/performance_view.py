"""Figures as templates/watch/figures.html draws them: shares with their change, plots, rows that open lists."""

import datetime as dt
import urllib.parse
from collections.abc import Iterable, Mapping
from typing import Any

from ticketing.domain import plots
from ticketing.domain.clock import local
from ticketing.domain.vocabulary import TYPE_WORDS, TicketType
from ticketing.domain.words import N_
from ticketing.models import Account, ExportRecord
from ticketing.services.measured import FIGURES
from ticketing.services.performance import DIMENSIONS, Asked, Borne, Counts, Table
from ticketing.web.addresses import address
from ticketing.web.context import now, province
from ticketing.web.i18n import gettext as _
from ticketing.web.i18n import labelled, named, words
from ticketing.web.moments import day, moment, short_day

BY_WORDS = {
    "bureau": N_("承办单位"),
    "hotline": N_("热线"),
    "line": N_("条线"),
    "region": N_("地区"),
    "type": N_("诉求类型"),
}
#: The figures of the table's columns; of a good one the link opens what misses it.
COLUMNS = (
    "kept_first",
    "kept",
    "right_first",
    "confirmed",
    "contested",
    "silent",
    "last_hour",
    "late_pause",
)
BORNE_WORDS = {"time": N_("用时"), "upheld": N_("退单成立"), "refused": N_("退单不成立")}
ROWS_MOST = 60
#: So many of them at first, for the page to stay light; all when asked for.
ROWS_FIRST = 10
#: Below this many tickets a share says little and is drawn quietly.
FEW = 5
WEEK = 7


def where(asked: Asked, **more: str) -> dict[str, str]:
    """Return the period and its conditions as an address says them."""
    values = {name: getattr(asked, name) for name in DIMENSIONS} | more
    return {"from": asked.first.isoformat(), "to": asked.last.isoformat()} | {
        k: v for k, v in values.items() if v
    }


def _to(endpoint: str, **asked: str) -> str:
    """Return a page with its question: put together by hand, because a table has some seven hundred of them."""
    return f"{address(endpoint)}?{urllib.parse.urlencode(asked)}"


def period(asked: Asked) -> str:
    """Return the period in words."""
    return _("%(first)s 至 %(last)s", first=day(asked.first), last=day(asked.last))


def percent(share: float | None) -> str:
    """Return a share as people read it."""
    return "—" if share is None else f"{share * 100:.1f}%"


def page(
    asked: Asked,
    by: str,
    table: Table,
    *,
    before: Counts,
    borne: Mapping[str, Borne],
    whole: bool = False,
) -> dict[str, Any]:
    """Return what the page shows; `whole`: with all rows of the table."""
    rows = _values(table, borne)
    shown = rows[: ROWS_MOST if whole else ROWS_FIRST]
    return {
        "period": period(asked),
        "asked": asked,
        "by": by,
        "by_words": words(BY_WORDS[by]),
        "total": table.total.numbers,
        "hops": f"{table.total.numbers['hops'] / (table.total.numbers['dispatched'] or 1):.2f}",
        "cards": [_card(name, asked, table.total, before) for name in FIGURES],
        "plot": _days(asked, table),
        "columns": [words(FIGURES[name].words) for name in COLUMNS],
        "rows": _rows(asked, by, shown, borne),
        "more": min(len(rows), ROWS_MOST) - len(shown),
        "more_url": _to("performance.show", **where(asked), by=by, rows="all"),
        "presets": _presets(asked, by),
        "tabs": [
            {
                "words": words(said),
                "url": _to("performance.show", **where(asked), by=name),
                "here": name == by,
            }
            for name, said in BY_WORDS.items()
        ],
        "sheet_url": _to("performance.sheet", **where(asked)),
        "here_url": address("performance.show"),
    }


def _card(name: str, asked: Asked, total: Counts, before: Counts) -> dict[str, Any]:
    figure, share, was = FIGURES[name], total.share(name), before.share(name)
    change = None if share is None or was is None else round((share - was) * 100, 1)
    better = None if change in (None, 0.0) or figure.good is None else (change > 0) == figure.good  # type: ignore[operator]
    return {
        "words": words(figure.words),
        "explained": words(figure.explained),
        "value": percent(share),
        "count": total.numbers[name],
        "url": _to("performance.tickets", **where(asked), figure=name),
        "miss_url": _to("performance.tickets", **where(asked), figure=name, miss="1") if figure.good else "",
        "change": "" if change is None else _change(change),
        "level": {True: "ok", False: "over", None: "none"}[better],
    }


def called(asked: Asked, found: tuple[int, int] | None) -> dict[str, Any] | None:
    """Return the figure of call-backs, which belong to calls and not to tickets; None where there is none."""
    if found is None or not found[0]:
        return None
    due, kept = found
    return {
        "value": percent(kept / due),
        "kept": kept,
        "due": due,
        "url": _to("performance.callbacks", **where(asked)),
        "miss_url": _to("performance.callbacks", **where(asked), miss="1"),
    }


def _change(points: float) -> str:
    if points == 0:
        return _("与上期持平")
    return _("比上期 %(sign)s%(points)s 个百分点", sign="+" if points > 0 else "−", points=abs(points))


def _days(asked: Asked, table: Table) -> plots.Plot:
    """Draw what fell due by the day, or by the week where there are many days; kept below, missed above."""
    span = 1 if asked.days <= plots.COLUMNS_MOST else WEEK
    columns = []
    for start in range(0, asked.days, span):
        first = asked.first + dt.timedelta(days=start)
        found = [table.days[one] for n in range(span) if (one := first + dt.timedelta(days=n)) in table.days]
        due = sum(one.numbers["promised"] for one in found)
        kept = sum(one.numbers["kept_first"] for one in found)
        name = short_day(first)
        title = _("%(day)s：到期 %(due)s 件，按时 %(kept)s 件", day=name, due=due, kept=kept)
        columns.append(plots.Column(name, [("ok", kept), ("over", due - kept)], title))
    numbers = table.total.numbers
    said = _(
        "%(period)s 到期 %(due)s 件，其中按最初承诺按时答复 %(kept)s 件，没有按时 %(missed)s 件。",
        period=period(asked), due=numbers["promised"], kept=numbers["kept_first"],
        missed=numbers["promised"] - numbers["kept_first"],
    )  # fmt: skip
    return plots.stacked(columns, said)


def _values(table: Table, borne: Mapping[str, Borne]) -> list[tuple[str, Counts]]:
    """Return what is compared, the worst first: by what was not kept, then by how much fell due."""
    values = {code: Counts(dict.fromkeys(table.total.numbers, 0)) for code in borne} | table.rows

    def worst(item: tuple[str, Counts]) -> tuple[int, int]:
        numbers = item[1].numbers
        return (numbers["kept_first"] - numbers["promised"], -numbers["promised"])

    return sorted(values.items(), key=worst)


def _rows(
    asked: Asked, by: str, shown: Iterable[tuple[str, Counts]], borne: Mapping[str, Borne]
) -> list[dict[str, Any]]:
    """Return a row for each value; what no ticket is behind opens no list."""
    whole = sum(one.seconds for one in borne.values())
    return [
        _row(asked, by, code, counts, _bears(asked, code, borne.get(code), whole)) for code, counts in shown
    ]


def _bears(asked: Asked, code: str, borne: Borne | None, whole: int) -> dict[str, Any] | None:
    if borne is None:
        return None
    bearer = _to("performance.borne", **where(asked), bearer=code)
    return {
        "time_url": f"{bearer}&what=time",
        "returns": [
            {
                "url": f"{bearer}&what={what}" if count else "",
                "count": count,
                "words": words(BORNE_WORDS[what]),
            }
            for what, count in (("upheld", borne.upheld), ("refused", borne.refused))
        ],
        "share": percent(borne.seconds / whole if whole else None),
        "days": f"{borne.seconds / province().calendar.day_seconds:.1f}",
    }


def _row(asked: Asked, by: str, code: str, counts: Counts, bears: dict[str, Any] | None) -> dict[str, Any]:
    tickets = _to("performance.tickets", **where(asked) | {by: code})
    cells = []
    for name in COLUMNS:
        share = counts.share(name)
        listed = share is not None and share != (1 if FIGURES[name].good else 0)
        miss = "&miss=1" if FIGURES[name].good else ""
        cells.append(
            {
                "value": percent(share),
                "bar": 0 if share is None else round(share * 100),
                "url": f"{tickets}&figure={name}{miss}" if listed else "",
            }
        )
    return {
        "words": name_of(by, code),
        "url": _to(
            "performance.show", **where(asked) | {by: code}, by="type" if by == "bureau" else "bureau"
        ),
        "promised": counts.numbers["promised"],
        "few": counts.numbers["promised"] < FEW,
        "cells": cells,
        "bears": bears,
    }


def name_of(by: str, code: str) -> str:
    """Return the name of a value of a dimension in the reader's language."""
    archive = province().archive
    if by == "bureau":
        return named(archive.bureaus[code]) if code in archive.bureaus else code
    if by == "hotline":
        return labelled(archive.hotlines[code]) if code in archive.hotlines else code
    if by == "region":
        return named(archive.regions[code]) if code in archive.regions else code
    if by == "type":
        return words(TYPE_WORDS[TicketType(code)]) if code in frozenset(TicketType) else code
    department = archive.provincial_bureau(code)
    return named(department) if department else code


def _presets(asked: Asked, by: str) -> list[dict[str, Any]]:
    today = local(now()).date()
    first = today.replace(day=1)
    end = first - dt.timedelta(days=1)
    spans = (
        (_("本月"), first, today),
        (_("上月"), end.replace(day=1), end),
        (_("近 90 天"), today - dt.timedelta(days=89), today),
    )
    return [
        {
            "words": said,
            "url": _to("performance.show", **where(asked.between(start, until)), by=by),
            "here": (asked.first, asked.last) == (start, until),
        }
        for said, start, until in spans
    ]


def labels(asked: Asked) -> list[tuple[str, str]]:
    """Return the period and its conditions in words, for what leaves the house."""
    chosen = [(name, getattr(asked, name)) for name in DIMENSIONS if getattr(asked, name)]
    return [
        (_("期间"), period(asked)),
        *((words(BY_WORDS[name]), name_of(name, code)) for name, code in chosen),
    ]


def exports(found: Iterable[tuple[ExportRecord, Account]]) -> list[dict[str, Any]]:
    """Return who took figures out lately."""
    return [
        {
            "at": moment(row.at, now()),
            "who": account.name,
            "what": row.asked.get("period", ""),
            "rows": row.rows,
        }
        for row, account in found
    ]
