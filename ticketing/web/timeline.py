"""History lines as people read them; the enterprise's own view names bureaus, never persons."""

import datetime as dt
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from sqlalchemy import Row

from ticketing.domain import numbers
from ticketing.domain.actors import ActorKind
from ticketing.domain.knowledge import shown
from ticketing.domain.vocabulary import (
    DOOR_WORDS,
    REJECT_WORDS,
    RESULT_WORDS,
    RETURN_WORDS,
    RIGHT_DOOR_WORDS,
    SUSPEND_WORDS,
    Door,
    RejectReason,
    Result,
    ReturnReason,
    SuspendReason,
)
from ticketing.domain.workflow import TABLE, Action
from ticketing.models import HistoryEntry
from ticketing.web.context import now, province
from ticketing.web.i18n import gettext as _
from ticketing.web.i18n import named, words
from ticketing.web.moments import moment

Data = Mapping[str, Any]
#: What the hotline centre does, whichever bureau has the ticket.
OF_THE_CENTRE = frozenset(
    {Action.OPEN, Action.ANSWER_ON_CALL, Action.REJECT, Action.DISPATCH, Action.ADJUDICATE, Action.RECLASSIFY,
     Action.FOLLOW_UP, Action.MERGE, Action.UNMERGE, Action.SUPERVISE, Action.DISSOLVE}
)  # fmt: skip
#: As `moves` returns them, or plain rows of the same columns.
Line = HistoryEntry | Row[Any]


def entries(lines: Iterable[Line], *, public: bool = False) -> list[dict[str, Any]]:
    """Return timeline entries, newest first; `public`: as the enterprise may read them."""
    shown = [_entry(line, public=public) for line in lines if line.public or not public]
    return shown[::-1]


def _entry(line: Line, *, public: bool) -> dict[str, Any]:
    action = Action(line.action)
    details = DETAILS.get(action, _nothing)(line.data) if not (public and action in QUIET_IN_PUBLIC) else []
    body = [words(line.text) if line.actor_kind == ActorKind.SYSTEM else line.text, *details]
    return {
        "id": line.seq,
        "at": moment(line.at, now()),
        "who": _who(line, public=public),
        "verb": words(TABLE[action].word),
        "body": "\n".join(part for part in body if part),
        "public": line.public,
        "door": "" if public or line.door in (Door.DESK, Door.SYSTEM) else words(DOOR_WORDS[Door(line.door)]),
        "action": line.action,
    }


def _who(line: Line, *, public: bool) -> str:
    """Return who did it: a bureau's name stands beside its own people alone, never beside the centre's."""
    if line.actor_kind == ActorKind.SYSTEM:
        return _("系统")
    if line.actor_kind == ActorKind.REQUESTER:
        return _("您") if public else _("企业")
    bureau = "" if line.action in OF_THE_CENTRE else _bureau(line.bureau_code)
    if public:
        return bureau or _("热线工作人员")
    return f"{line.actor_name} · {bureau}" if bureau and getattr(line, "at_bureau", True) else line.actor_name


def _bureau(code: str | None) -> str:
    bureau = province().archive.bureaus.get(code or "")
    return named(bureau) if bureau else ""


def _nothing(_data: Data) -> list[str]:
    return []


def _dispatch(data: Data) -> list[str]:
    return [_("派给：%(bureau)s", bureau=_bureau(data.get("bureau")))]


def _return(data: Data) -> list[str]:
    said = [_("原因：%(reason)s", reason=words(RETURN_WORDS[ReturnReason(data["reason"])]))]
    if data.get("proposed"):
        said.append(_("建议：%(bureau)s", bureau=_bureau(data["proposed"])))
    return said


def _adjudicate(data: Data) -> list[str]:
    verdict = _("退单成立") if data["upheld"] else _("退单不成立，由原单位承办")
    return [verdict, _("派给：%(bureau)s", bureau=_bureau(data["bureau"]))]


def _contact(data: Data) -> list[str]:
    whom = _("，") + data["whom"] if data.get("whom") else ""
    return [_("方式：%(how)s%(whom)s", how=words(data["how"]), whom=whom)]


def _until(data: Data) -> list[str]:
    return [_("截止：%(until)s", until=_day(data["until"]))] if data.get("until") else []


def _suspend(data: Data) -> list[str]:
    ground = words(SUSPEND_WORDS[SuspendReason(data["ground"])])
    return [_("理由：%(ground)s，%(days)s 个工作日", ground=ground, days=data["days"]), *_until(data)]


def _extend(data: Data) -> list[str]:
    return [_("新的时限：%(due)s", due=_day(data["due"]))] if data.get("due") else []


def _answer(data: Data) -> list[str]:
    said = [_("办理结果：%(result)s", result=words(RESULT_WORDS[Result(data["result"])]))]
    if data.get("basis"):
        said.append(_("依据：%(basis)s", basis=data["basis"]))
    return said + _cites(data)


def _cites(data: Data) -> list[str]:
    return [
        _(
            "引用：《%(title)s》（%(code)s 第 %(version)s 版）",
            title=one["title"],
            code=shown(one["number"]),
            version=one["version"],
        )
        for one in data.get("cites", ())
    ]


def _reject(data: Data) -> list[str]:
    return [
        _("理由：%(reason)s", reason=words(REJECT_WORDS[RejectReason(data["reason"])])),
        _("请向这里提出：%(door)s", door=words(RIGHT_DOOR_WORDS[data["right_door"]])),
    ]


def _confirm(data: Data) -> list[str]:
    ratings = data.get("ratings") or {}
    names = {"promptness": _("速度"), "attitude": _("态度"), "result": _("结果")}
    said = _("，").join(f"{names[aspect]} {value}" for aspect, value in ratings.items())
    return [_("满意度：%(said)s", said=said)] if said else []


def _approval(data: Data) -> list[str]:
    return [_("事项：%(what)s", what=words(TABLE[Action(data["kind"])].word)), data.get("asked", "")]


def _order(data: Data) -> list[str]:
    said = [_("督办单第 %(order)s 号", order=data["order"])]
    if data.get("clock"):
        said.append(_("时限：%(clock)s", clock=words(data["clock"])))
    return said + ([_("回复截止：%(due)s", due=_day(data["due"]))] if data.get("due") else [])


def _case(data: Data) -> list[str]:
    return [_("牵头单位：%(bureau)s", bureau=_bureau(data["lead"]))]


def _open(data: Data) -> list[str]:
    extra = data.get("extra") or {}
    said = [name + _("：") + str(value) for name, value in extra.items() if name != "submitted_at"]
    if data.get("hint"):
        said.insert(0, _("系统提示：文中有“%(words)s”", words=data["hint"]))
    return said


def _day(iso: str) -> str:
    return moment(dt.datetime.fromisoformat(iso), now()).words


DETAILS: dict[Action, Callable[[Data], list[str]]] = {
    Action.OPEN: _open,
    Action.DISPATCH: _dispatch,
    Action.RETURN: _return,
    Action.ADJUDICATE: _adjudicate,
    Action.CONTACT: _contact,
    Action.ASSIGN: lambda data: [_("指派给：%(name)s", name=data["to"])],
    Action.ASK_REQUESTER: _until,
    Action.SUSPEND: _suspend,
    Action.EXTEND: _extend,
    Action.ANSWER: _answer,
    Action.REJECT: _reject,
    Action.CONFIRM: _confirm,
    Action.SUBMIT: _approval,
    Action.APPROVE: _approval,
    Action.REFUSE: _approval,
    Action.SUPERVISE: _order,
    Action.REPLY_ORDER: _order,
    Action.OPEN_CASE: _case,
    Action.FOLLOW_UP: lambda data: [_("已联系上企业") if data["reached"] else _("没有联系上")],
    Action.ANSWER_ON_CALL: lambda data: (
        ([_("依据：%(cited)s", cited=data["cited"])] if data.get("cited") else []) + _cites(data)
    ),
    Action.MERGE: lambda data: [_("并入主单 %(number)s", number=numbers.shown(data["head"]))],
}
#: What the enterprise does not need to read of a public line: how the router reasoned, what a list brought.
QUIET_IN_PUBLIC = frozenset({Action.OPEN})
