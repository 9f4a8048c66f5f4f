"""The monthly report as a page for the press; everything it needs is in it."""

import datetime as dt
from typing import Any

from flask import current_app

from ticketing.domain import plots
from ticketing.domain.clock import local
from ticketing.domain.vocabulary import TYPE_WORDS, TicketType
from ticketing.services import report_words
from ticketing.services.performance import Counts
from ticketing.services.province import Province
from ticketing.services.reports import RANKED

REGIONS = 10


def page(data: dict[str, Any], now: dt.datetime, province: Province, asked_by: str = "") -> str:
    """Return the report as HTML, in Chinese whoever asks for it; `asked_by` is nobody's name where it was its day."""
    name = _Names(province)
    best, worst = report_words.ranked(data)
    month = dt.date.fromisoformat(data["month"])
    template = current_app.jinja_env.get_template("report/monthly.html")
    return template.render(
        title=f"{province.sheet['name_zh']}企业诉求办理情况月报",
        month=f"{month.year}年{month.month}月",
        author=name("bureau", province.centre_code),
        made=f"{local(now).year}年{local(now).month}月{local(now).day}日",
        stamp=f"{asked_by or '系统按月'}于{local(now):%Y-%m-%d %H:%M}编制",
        overview=report_words.overview(data),
        table=report_words.table(data),
        months=_months(data),
        days=_days(data),
        best=[_bureau(one, data, name) for one in best],
        worst=[_bureau(one, data, name) for one in worst],
        ranked=RANKED,
        types=_group(data["types"], lambda code: str(TYPE_WORDS[TicketType(code)])),
        regions=_group(data["regions"], lambda code: name("region", code))[:REGIONS],
        topics=[
            (name("topic", code), number, before, report_words.more(number, before))
            for code, number, before in data["topics"]
        ],
        listed=[(name("bureau", code), number) for code, number in data["listed"]],
        signs=report_words.signs(data, name),
        advice=report_words.advice(data, name),
    )


class _Names:
    """Chinese names of the province's codes; of what was retired too."""

    def __init__(self, province: Province) -> None:
        archive = province.archive
        self._known = {"bureau": archive.bureaus, "region": archive.regions, "topic": archive.topics}

    def __call__(self, kind: str, code: str) -> str:
        """Return the name of a code."""
        row: Any = self._known[kind].get(code)
        return code if row is None else getattr(row, "short_name_zh", None) or row.name_zh


def _months(data: dict[str, Any]) -> plots.Plot:
    shares = [
        (f"{month[:4]}-{month[5:7]}", Counts(numbers).share("kept_first"))
        for month, numbers in data["months"]
        if numbers["all"]
    ]
    return plots.line(shares, "各月按最初承诺的按时率")


def _days(data: dict[str, Any]) -> plots.Plot:
    month = dt.date.fromisoformat(data["month"])
    columns = []
    for offset in range(31):
        day = month + dt.timedelta(days=offset)
        if day.month == month.month:
            due, kept = data["days"].get(day.isoformat(), (0, 0))
            columns.append(plots.Column(str(day.day), [("ok", kept), ("over", due - kept)], ""))
    return plots.stacked(columns, "每天到期件数，深色为按时，浅色为没有按时")


def _bureau(one: dict[str, Any], data: dict[str, Any], name: _Names) -> dict[str, str]:
    whole = sum(each["seconds"] for each in data["bureaus"])
    counts = Counts(one["numbers"])
    return {
        "name": name("bureau", one["code"]),
        "due": str(counts.numbers["promised"]),
        "kept_first": report_words.percent(one["share"]),
        "kept": report_words.percent(counts.share("kept")),
        "confirmed": report_words.percent(counts.share("confirmed")),
        "time": report_words.percent(one["seconds"] / whole if whole else None),
        "returns": f"{one['upheld']}/{one['refused']}",
    }


def _group(rows: dict[str, dict[str, int]], named: Any) -> list[tuple[str, int, str, str]]:
    found = [
        (
            named(code),
            numbers["promised"],
            Counts(numbers).share("kept_first"),
            Counts(numbers).share("confirmed"),
        )
        for code, numbers in rows.items()
    ]
    most = sorted(found, key=lambda one: -one[1])
    return [
        (said, number, report_words.percent(kept), report_words.percent(agreed))
        for said, number, kept, agreed in most
    ]
