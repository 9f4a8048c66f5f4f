"""What the steps of the web form and its receipt show."""

import datetime as dt
from typing import Any

from flask import current_app, url_for

from sla.arithmetic import due
from sla.rungs import ClockKind as PolicyClock
from ticketing.domain import numbers
from ticketing.domain.enterprise import CHANNEL_WORDS
from ticketing.domain.vocabulary import TYPE_WORDS, State, TicketType, Urgency
from ticketing.models import Attachment, Ticket
from ticketing.services import clocks, segments
from ticketing.services.attachments import KINDS
from ticketing.services.province import Province
from ticketing.web import moments, spoken, status_view, submit_own, submit_steps, ticket_view
from ticketing.web.calendar_strip import strip
from ticketing.web.context import now
from ticketing.web.i18n import gettext as _
from ticketing.web.i18n import language, named, words

RECEIPT_SHOWN = dt.timedelta(minutes=30)
MEGABYTE = 1024 * 1024


def steps(wanted: list[str]) -> list[dict[str, str]]:
    """Return the steps of this request with their addresses."""
    named_steps = (
        ("what", _("什么事")),
        ("where", _("在哪里")),
        ("matter", _("具体情况")),
        ("contact", _("怎样联系")),
        ("check", _("核对提交")),
    )
    return [
        {"words": word, "url": url_for("submit.step", name=name)}
        for name, word in named_steps
        if name in wanted
    ]


def extras(name: str, values: dict[str, Any], files: list[Attachment], province: Province) -> dict[str, Any]:
    """Return what a step shows beside its fields."""
    if name == "what":
        return {"type_notes": _type_notes()}
    if name == "matter":
        kept = [_file(row) | {"remove": row.id} for row in files]
        return {"kept_files": kept, "limits": _limits()}
    if name == "contact":
        return {"notice": _notice(), "own": submit_own.name()}
    if name == "check":
        return {
            "answers": _answers(values, province),
            "files": [_file(row) for row in files],
            "promise": _promise(values, province),
        }
    return {}


def _file(row: Attachment) -> dict[str, Any]:
    return {"url": "", "name": row.name, "kind": KINDS[row.content_type], "size": size_of(row.size)}


def size_of(count: int) -> str:
    """Return a number of bytes as people read it."""
    return f"{count / MEGABYTE:.1f} MB" if count >= MEGABYTE // 10 else f"{-(-count // 1024)} KB"


def _type_notes() -> dict[str, str]:
    return {
        TicketType.CONSULTATION: _("想弄清一项政策或办法"),
        TicketType.HELP: _("遇到困难，请帮忙解决"),
        TicketType.COMPLAINT: _("对处理或态度不满意"),
        TicketType.SUGGESTION: _("希望怎样改进"),
        TicketType.REPORT: _("反映违法行为，您的身份会保密"),
    }


def _limits() -> str:
    most = current_app.config["UPLOAD_MAX_BYTES"] // MEGABYTE
    return _("图片、PDF、Word、Excel 或文本，每个不超过 %(most)s MB。照片里的位置信息会被去掉。", most=most)


def _notice() -> str:
    return _(
        "姓名和电话只用于办理这件诉求和回访，由承办单位和热线工作人员查看，页面上默认隐藏，每次查看都有记录。"
        "办结三年后去掉个人信息。您可以要求查阅、更正或删除。"
    )


def _answers(values: dict[str, Any], province: Province) -> list[dict[str, Any]]:
    directory = province.directory
    topic, region = (
        directory.topics.get(values.get("topic") or ""),
        directory.regions.get(values.get("region") or ""),
    )
    kind, wanted = values.get("type"), submit_steps.of(values, province)
    parts = {
        "what": [
            (_("类型"), words(TYPE_WORDS[TicketType(kind)]) if kind in frozenset(TicketType) else ""),
            (_("事项主题"), named(topic) if topic else _("由工作人员判断")),
        ],
        "where": [
            (_("所在地"), named(region) if region else _("没有选择")),
            (_("项目、街道或门店"), values.get("place") or ""),
        ],
        "matter": [
            (_("一句话说明"), values.get("subject") or ""),
            (_("具体情况"), values.get("body") or ""),
            *_asked(values, province),
        ],
        "contact": [
            (_("企业名称"), values.get("enterprise") or ""),
            (_("统一社会信用代码"), values.get("register_code") or ""),
            (_("联系人"), values.get("name") or ""),
            (_("电话"), values.get("phone") or ""),
            (_("电子邮箱"), values.get("email") or ""),
            (_("怎样通知您"), _ways(values.get("told_by") or [])),
        ],
    }
    return [
        {"words": one["words"], "url": one["url"], "rows": parts[name]}
        for name, one in zip(wanted, steps(wanted), strict=True)
        if name in parts
    ]


def _asked(values: dict[str, Any], province: Province) -> list[tuple[str, str]]:
    english = language() == "en"
    return [
        (one.words_en if english else one.words_zh, values.get(f"{submit_steps.ASKED}{one.key}") or "")
        for one in province.form.of(values.get("topic"))
    ]


def _ways(told_by: list[str]) -> str:
    said = [words(CHANNEL_WORDS[way]) for way in told_by if way in CHANNEL_WORDS]
    return _("、").join(said) or _("不通知，自己查询")


def _promise(values: dict[str, Any], province: Province) -> str:
    """Return by when an answer is due if the request is sent now."""
    kind = values.get("type") or TicketType.CONSULTATION.value
    facts = segments.Facts(
        kind,
        Urgency.NORMAL.value,
        region=values.get("region") or None,
        lists=province.lists.holding(values.get("register_code") or ""),
    )
    limit = province.policy.limit(PolicyClock.ANSWER, segments.segment_of(facts, province))
    until = due(province.calendar_at(values.get("region") or None), now(), limit.target) if limit else None
    if until is None:
        return _("提交后当场给您编号和查询密码。")
    return _("现在提交，最迟 %(until)s 前答复您。", until=moments.moment(until, now()).words)


def receipt(ticket: Ticket, password: str, province: Province) -> dict[str, Any]:
    """Return the receipt: what to keep, who handles it, by when, what happens next."""
    moments.for_paper()
    drawn = ticket_view.drawn_clock(clocks.ledgers(ticket))
    bureau = "" if ticket.state == State.NEW else named(province.archive.bureaus[ticket.bureau_code])
    return {
        "number": numbers.shown(ticket.number),
        "spoken": spoken.number(ticket.number),
        "password": password,
        "subject": ticket.subject,
        "enterprise": ticket.enterprise,
        "received": moments.moment(ticket.received_at, now()),
        "bureau": bureau,
        "state_word": status_view.sentence(ticket),
        "due": ticket_view.reading_of(drawn) if drawn else moments.reading(None, now(), province.calendar),
        "strip": strip(drawn.state, province.calendar_of(drawn.state), now()) if drawn else None,
        "next": [
            _("承办单位签收后会与您联系，一般在一个工作日内。"),
            _("需要您补充时会发短信；您补充之前，答复时限暂停。"),
            _("答复后请您评价；不认可的，15 天内可以要求重办。"),
        ],
    }
