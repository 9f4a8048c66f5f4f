"""The audit log as a workbook, stamped with who took it, when, and what was asked for; the taking is a line of it."""

import io
from collections.abc import Callable, Sequence

import xlsxwriter

from ticketing.domain.audit import AUDIT_WORDS, AuditKind
from ticketing.domain.clock import local
from ticketing.domain.words import N_
from ticketing.models import AuditEntry
from ticketing.services import audit
from ticketing.services.audit import SHEET_MOST, Asked, Whom
from ticketing.services.exports import OPTIONS
from ticketing.services.history import Act

Say = Callable[[str], str]
HEAD = (N_("时间"), N_("谁"), N_("做了什么"), N_("对谁或什么"), N_("内容"), N_("网络地址"))


def workbook(asked: Asked, told: Callable[[AuditEntry], str], act: Act, say: Say) -> bytes:
    """Return what a search finds, up to `SHEET_MOST` lines, as a sheet that says who took it and when."""
    rows = audit.found(asked, size=SHEET_MOST).rows
    whole = audit.count(asked, SHEET_MOST) <= SHEET_MOST
    kept = io.BytesIO()
    with xlsxwriter.Workbook(kept, OPTIONS) as book:
        sheet, bold = book.add_worksheet(say(N_("审计记录"))), book.add_format({"bold": True})
        sheet.set_column(0, 3, 22)
        sheet.set_column(4, 4, 60)
        for place, line in enumerate(_stamp(asked, act, say, whole=whole)):
            sheet.write_row(place, 0, line)
        start = place + 2
        sheet.write_row(start, 0, [say(word) for word in HEAD], bold)
        for place, row in enumerate(rows, start + 1):
            sheet.write_row(place, 0, _line(row, told, say))
    data = {"who": asked.who, "whom": asked.whom, "kind": asked.kind, "rows": len(rows)}
    audit.record(AuditKind.EXPORT, act, Whom("audit"), data)
    return kept.getvalue()


def _stamp(asked: Asked, act: Act, say: Say, *, whole: bool) -> list[Sequence[str]]:
    kind = say(AUDIT_WORDS[AuditKind(asked.kind)]) if asked.kind in frozenset(AuditKind) else say(N_("全部"))
    lines: list[Sequence[str]] = [
        (say(N_("导出人")), act.actor.name),
        (say(N_("导出时间")), f"{local(act.now):%Y-%m-%d %H:%M}"),
        (say(N_("谁")), asked.who or say(N_("全部"))),
        (say(N_("对谁或什么")), asked.whom or say(N_("全部"))),
        (say(N_("做了什么")), kind),
        (say(N_("日期")), f"{asked.first or ''} – {asked.last or ''}"),
    ]
    return lines if whole else [*lines, (say(N_("记录太多，只导出最新的 20000 条；请缩短日期。")),)]


def _line(row: AuditEntry, told: Callable[[AuditEntry], str], say: Say) -> Sequence[str]:
    word = say(AUDIT_WORDS[AuditKind(row.kind)])
    return (f"{local(row.at):%Y-%m-%d %H:%M:%S}", row.actor_name, word, row.subject, told(row), row.address)
