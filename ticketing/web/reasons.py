"""Why the router decided so, and why a ticket lies on the dispatch desk: reasons said in the reader's language."""

from collections.abc import Iterable, Mapping
from typing import Any

from routing.decision import Ground
from ticketing.domain.vocabulary import RETURN_WORDS, ReturnReason
from ticketing.domain.words import N_
from ticketing.services import worklists
from ticketing.web.context import province
from ticketing.web.i18n import gettext as _
from ticketing.web.i18n import labelled, named, words

SENTENCES = {
    Ground.TOPIC: N_("选择的事项：%(topic)s"),
    Ground.KEYWORD: N_("提到%(words)s → %(topic)s"),
    Ground.LEARNT: N_("与已办事项相近：%(words)s"),
    Ground.HOTLINE: N_("拨打的热线：%(hotline)s"),
    Ground.ORGAN: N_("文中点名%(words)s"),
    Ground.DUTY: N_("依据：%(bureaus)s职责%(words)s"),
    Ground.REGION_EXPLICIT: N_("地点：%(regions)s（登记的所在地）"),
    Ground.REGION_TEXT: N_("地点：%(regions)s（文中%(words)s）"),
    Ground.REGION_HOTLINE: N_("地点：%(regions)s（拨打的热线）"),
    Ground.REGION_CALLER: N_("地点：%(regions)s（来电人所在地）"),
    Ground.REGION_SEVERAL: N_("涉及多地：%(regions)s，由上一级承办"),
    Ground.REGION_AMBIGUOUS: N_("%(words)s可能指%(regions)s，请询问"),
    Ground.REGION_UNKNOWN: N_("没有说明事项所在地，请询问"),
    Ground.NO_EVIDENCE: N_("没有找到能判断职责的词语，请人工派单"),
    Ground.NOBODY: N_("看起来不属于任何部门的职责，请人工确认"),
    Ground.WEAK: N_("依据不足，请人工派单"),
    Ground.TIE: N_("%(bureaus)s同样可能，请人工判断"),
    Ground.SEVERAL: N_("文中有几件事，分属%(bureaus)s：可以拆成几单，或启动协调"),
    Ground.CONFLICT: N_("投诉涉及%(words)s，不能只由其自行办理，请人工确认"),
    Ground.OVERSEER: N_("受理对承办单位的投诉"),
}
#: What keeps a ticket from being dispatched: of all reasons the one that a list names.
DOUBTS = frozenset(
    {
        Ground.REGION_AMBIGUOUS,
        Ground.REGION_UNKNOWN,
        Ground.NO_EVIDENCE,
        Ground.NOBODY,
        Ground.WEAK,
        Ground.TIE,
    }
)


def in_words(reasons: Iterable[Mapping[str, Any]]) -> list[str]:
    """Return stored reasons as sentences; a ground that is no longer known is passed over."""
    return [_sentence(one) for one in reasons if one.get("kind") in SENTENCES]


def _sentence(reason: Mapping[str, Any]) -> str:
    archive = province().archive
    topic, hotline = (
        archive.topics.get(reason.get("topic", "")),
        archive.hotlines.get(reason.get("hotline", "")),
    )
    return words(
        SENTENCES[Ground(reason["kind"])],
        words=_("、").join(f"“{word}”" for word in reason.get("words", ())),
        topic=named(topic) if topic else reason.get("topic", ""),
        hotline=labelled(hotline) if hotline else reason.get("hotline", ""),
        regions=_names(archive.regions, reason.get("regions", ())),
        bureaus=_names(archive.bureaus, reason.get("bureaus", ())),
    )


def _names(rows: Mapping[str, Any], codes: Iterable[str]) -> str:
    return _("、").join(named(rows[code]) if code in rows else code for code in codes)


def of(rows: Iterable[Any]) -> dict[int, str]:
    """Return the sentences by ticket id; two statements however many rows."""
    found = worklists.why_at_desk([row.id for row in rows])
    return {ticket_id: _said(kind, values) for ticket_id, (kind, values) in found.items()}


def of_one(ticket: Any) -> str:
    """Return the sentence of one ticket; never an empty one."""
    return of([ticket]).get(ticket.id) or _("需要人工判断")


def _said(kind: str, found: dict[str, Any]) -> str:
    archive = province().archive
    if kind == "returned":
        reason = words(RETURN_WORDS[ReturnReason(found["reason"])])
        return _("%(by)s 退回：%(reason)s", by=named(archive.bureaus[found["bureau"]]), reason=reason)
    if found["bureau"]:
        return _("建议派给%(bureau)s，请确认", bureau=named(archive.bureaus[found["bureau"]]))
    doubts = [one for one in found["reasons"] if one.get("kind") in DOUBTS]
    return next(iter(in_words(doubts[-1:])), "") or _("需要人工判断")
