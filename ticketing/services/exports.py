"""Figures as a workbook: a sheet of shares, one for each way of grouping, and the facts they were counted from.

No name, text or telephone number of anybody is in it. It is stamped with who took it and when, and the taking is
recorded. Cells are written as they are: a text that begins like a formula stays a text.
"""

import datetime as dt
import io
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import xlsxwriter
from sqlalchemy import select

from ticketing.domain import numbers
from ticketing.domain.audit import AuditKind
from ticketing.domain.clock import local
from ticketing.domain.vocabulary import CLOSE_WORDS, RESULT_WORDS, TYPE_WORDS, CloseReason, Result, TicketType
from ticketing.domain.words import N_
from ticketing.extensions import db
from ticketing.models import Account, ExportRecord
from ticketing.services import audit, performance
from ticketing.services.audit import Whom
from ticketing.services.history import Act
from ticketing.services.measured import FIGURES, base_of
from ticketing.services.performance import Asked, Counts
from ticketing.services.province import Province

#: More facts than this are left out of the sheet, which says so: a request is no place for hours of writing.
FACTS_MOST = 5_000
SHOWN = 5
OPTIONS = {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "in_memory": True}
GROUPS = {
    "bureau": N_("承办单位"),
    "hotline": N_("热线"),
    "line": N_("条线"),
    "region": N_("地区"),
    "type": N_("诉求类型"),
}
FACT_COLUMNS = (
    N_("事项编码"), N_("收到"), N_("承办单位"), N_("热线"), N_("条线"), N_("地区"),
    N_("诉求类型"), N_("最初承诺"), N_("现行承诺"), N_("第一次答复"), N_("转手次数"), N_("退单成立"),
    N_("退单不成立"), N_("不认可次数"), N_("临期暂停"), N_("踩点答复"), N_("办理结果"), N_("办结方式"),
)  # fmt: skip
Say = Callable[[str], str]
Row = Sequence[str | int | float | None]


def workbook(
    asked: Asked, labels: Sequence[tuple[str, str]], act: Act, province: Province, say: Say
) -> bytes:
    """Return the workbook of a period and record who took it."""
    kept = io.BytesIO()
    with xlsxwriter.Workbook(kept, OPTIONS) as book:
        bold, share = book.add_format({"bold": True}), book.add_format({"num_format": "0.0%"})
        whole, borne = performance.total(asked, province), performance.borne(asked, province)
        stamp = [[name, value] for name, value in labels]
        stamp += [
            [say(N_("导出人")), act.actor.name],
            [say(N_("导出时间")), f"{local(act.now):%Y-%m-%d %H:%M}"],
            [],
        ]
        _write(
            book.add_worksheet(say(N_("汇总"))),
            [*stamp, *_summary(whole, say), *_callbacks(asked, act.now, say)],
            bold,
            share,
        )
        for by, name in GROUPS.items():
            table = performance.table(asked, by, province)
            rows = [_head(say(name), say), *(_line(code, one) for code, one in sorted(table.rows.items()))]
            if by == "bureau":
                rows += _times(borne, say)
            _write(book.add_worksheet(say(name)), [*stamp, *rows], bold, share)
        facts = _facts(asked, province, say)
        _write(book.add_worksheet(say(N_("工单"))), [*stamp, *facts], bold, share)
    record = {"period": f"{asked.first} – {asked.last}", **dict(labels[1:])}
    db.session.add(
        ExportRecord(
            account_id=act.actor.account_id, at=act.now, kind="figures", asked=record, rows=len(facts) - 1
        )
    )
    audit.record(AuditKind.EXPORT, act, Whom("figures"), {**record, "rows": len(facts) - 1})
    return kept.getvalue()


def _write(sheet: Any, rows: Sequence[Row], bold: Any, share: Any) -> None:
    """Write row by row, in order, as constant memory wants; a share is a number that is shown as per cent."""
    sheet.set_column(0, 0, 34)
    sheet.set_column(1, 30, 16)
    for place, row in enumerate(rows):
        head = place > 0 and not rows[place - 1]
        for column, value in enumerate(row):
            style = bold if head else share if isinstance(value, float) else None
            sheet.write(place, column, value, style)


def _summary(whole: Counts, say: Say) -> list[Row]:
    rows: list[Row] = [[say(N_("指标")), say(N_("占比")), say(N_("件数")), say(N_("基数")), say(N_("说明"))]]
    for name, figure in FIGURES.items():
        base = whole.numbers[base_of(name)]
        rows.append([say(figure.words), whole.share(name), whole.numbers[name], base, say(figure.explained)])
    return rows


def _callbacks(asked: Asked, now: dt.datetime, say: Say) -> list[Row]:
    """Return the call-backs that were made in time; they belong to calls, so that not every choice has them."""
    found = performance.callbacks(asked, now)
    if found is None or not found[0]:
        return []
    due, kept = found
    return [
        [say(N_("按时回拨")), kept / due, kept, due, say(N_("约定的时间之前回拨；漏接、留言、约好的都算。"))]
    ]


def _times(borne: Mapping[str, performance.Borne], say: Say) -> list[Row]:
    """Return what each bureau bears of answered promises: its share, working seconds, returns."""
    whole = sum(one.seconds for one in borne.values())
    head = [
        say(N_("承办单位")),
        say(N_("用时占比")),
        say(N_("工作时间（秒）")),
        say(N_("退单成立")),
        say(N_("退单不成立")),
    ]
    lines = [
        [code, one.seconds / whole if whole else None, one.seconds, one.upheld, one.refused]
        for code, one in sorted(borne.items())
    ]
    return [[], head, *lines]


def _head(name: str, say: Say) -> Row:
    return [name, say(N_("到期应答复")), *(say(one.words) for one in FIGURES.values())]


def _line(code: str, counts: Counts) -> Row:
    return [code, counts.numbers["promised"], *(counts.share(name) for name in FIGURES)]


def _facts(asked: Asked, province: Province, say: Say) -> list[Row]:
    found = performance.tickets(asked, province, FACTS_MOST + 1)
    rows: list[Row] = [[say(name) for name in FACT_COLUMNS]]
    rows += [_fact(row, province, say) for row in found[:FACTS_MOST]]
    if len(found) > FACTS_MOST:
        rows.append([say(N_("超过 5000 件，其余略去；请缩短期间。"))])
    return rows


def _fact(row: Any, province: Province, say: Say) -> Row:
    archive = province.archive
    bureau, region = archive.bureaus.get(row.bureau_code), archive.regions.get(row.region_code)
    return [
        numbers.shown(row.number),
        _time(row.received_at),
        bureau.short_name_zh if bureau else row.bureau_code,
        row.hotline_number or "",
        row.line or "",
        region.name_zh if region else "",
        say(TYPE_WORDS[TicketType(row.type)]),
        _time(row.first_due_at),
        _time(row.due_at),
        _time(row.answered_at),
        row.hops,
        row.returns_upheld,
        row.returns_refused,
        row.contests,
        row.late_pauses,
        int(row.last_hour),
        say(RESULT_WORDS[Result(row.result)]) if row.result else "",
        say(CLOSE_WORDS[CloseReason(row.close_reason)]) if row.close_reason else "",
    ]


def _time(at: dt.datetime | None) -> str:
    return f"{local(at):%Y-%m-%d %H:%M}" if at else ""


def newest() -> list[tuple[ExportRecord, Account]]:
    """Return who took figures out lately."""
    wanted = select(ExportRecord, Account).join(Account, Account.id == ExportRecord.account_id)
    return [
        (row[0], row[1]) for row in db.session.execute(wanted.order_by(ExportRecord.id.desc()).limit(SHOWN))
    ]
