"""Policies as their pages show them: versions, drafts with their mistakes by line, what would move, how far it got."""

from typing import Any

from flask import url_for

from sla.policy import Limit, Overlap, Policy
from ticketing.domain import line_diff
from ticketing.domain.actors import Actor
from ticketing.domain.vocabulary import CLOCK_WORDS, ClockKind
from ticketing.domain.words import N_
from ticketing.models import PolicyDocument, PolicyDraft
from ticketing.services import policies as service
from ticketing.services import policy_lists, policy_starts
from ticketing.services.pack_documents import CALENDAR, ROUTING, SLA
from ticketing.services.policy_texts import COORDINATION, Read
from ticketing.services.province import Province
from ticketing.web.context import now, province
from ticketing.web.i18n import gettext as _
from ticketing.web.i18n import language, named, words
from ticketing.web.moments import day, moment
from ticketing.web.policies_words import said

#: How much of a wrong line is shown with its mistake.
QUOTED = 80
KIND_WORDS = {
    CALENDAR: N_("工作日历"),
    SLA: N_("时限规定"),
    COORDINATION: N_("协调模板"),
    ROUTING: N_("派单规则"),
}
#: Limits of single steps have words of their own.
STEP_WORDS = {
    "ring": N_("振铃"), "return_window": N_("退单期限"), "adjudication": N_("裁定"), "approval": N_("审核"),
    "supply": N_("企业补充"), "supervision": N_("督办回复"), "call_back": N_("回拨"), "contest": N_("不认可期限"),
    "silence": N_("到期未评价"),
}  # fmt: skip


def tabs(kind: str) -> list[dict[str, Any]]:
    """Return the tabs of the kinds."""
    return [
        {
            "words": words(word),
            "url": url_for("policies.versions", kind=one),
            "here": one == kind,
            "count": "",
        }
        for one, word in KIND_WORDS.items()
    ]


def back(kind: str) -> dict[str, str]:
    """Return the way back to the list."""
    return {"words": words(KIND_WORDS[kind]), "url": url_for("policies.versions", kind=kind)}


def starts(kind: str, newest: int | None) -> list[dict[str, str]]:
    """Return what a new draft of a kind can begin with."""
    if kind == CALENDAR:
        return [
            {"name": "start", "value": one, "words": words(word)} for one, word in policy_starts.WORDS.items()
        ]
    if kind == COORDINATION:
        return [
            {"name": "base", "value": str(row.id), "words": _("以“%(name)s”为底稿", name=named(row))}
            for row in policy_lists.newest_templates()
        ]
    said = _("以现行规则为底稿") if kind == ROUTING else _("以现行规定为底稿")
    return [{"name": "base", "value": str(newest), "words": said}] if newest else []


def draft_line(row: Any) -> dict[str, Any]:
    """Return a draft in hand as the list shows it."""
    one: PolicyDraft = row[0]
    return {
        "title": title(one),
        "url": url_for("policies.draft", draft_id=one.id),
        "author": row.name,
        "at": moment(one.changed_at, now()),
        "look": look(one),
        "look_url": url_for("policies.effect", draft_id=one.id),
    }


def title(one: PolicyDraft) -> str:
    """Return the name of a draft, as far as it is written."""
    version = _written(one.text, "version")
    return called(one.kind, version, _written(one.text, _name_field())) if version else _("未命名草稿")


def _written(text: str, field: str) -> str:
    first = next((line for line in text.splitlines() if line.startswith(f"{field}:")), "")
    return first.partition(":")[2].partition("#")[0].strip(" \"'")


def _name_field() -> str:
    """Return the field in which a template has its name for this reader."""
    return "name_en" if language() == "en" else "name_zh"


def called(kind: str, version: str, name: str) -> str:
    """Return what a version is called: rules and templates have a bare number, which says nothing alone."""
    if kind not in (ROUTING, COORDINATION):
        return version
    return _("%(name)s 第 %(version)s 版", name=name or words(KIND_WORDS[kind]), version=version)


def look(one: PolicyDraft) -> str:
    """Return in a sentence where the what-if of a draft stands."""
    if one.wanted_at is not None:
        return _("正在试算")
    if one.looked_at is None:
        return _("还没有试算")
    if not service.current_look(one, province()):
        return _("试算已过时，要重新试算")
    if one.kind == ROUTING:
        return _("%(looked)s 件里会改派 %(moved)s 件", looked=one.clocks, moved=one.moved)
    return _("移动 %(moved)s 个时限，不再超时 %(un)s 个，变为超时 %(new)s 个", moved=one.moved,
             un=one.unbreached, new=one.breached)  # fmt: skip


def version_line(row: Any) -> dict[str, Any]:
    """Return a version as the list shows it."""
    return {
        "version": called(row.kind, row.version, "") if row.kind == ROUTING else row.version,
        "name": named(row) if row.kind == COORDINATION else "",
        "url": url_for("policies.version", document_id=row.id),
        "author": row.author,
        "day": day(row.published_on),
        "since": moment(row.loaded_at, now()),
        "until": moment(row.until, now()) if row.until and row.kind in (SLA, ROUTING) else None,
        "newest": row.until is None,
        "people": _people(row),
        "reach": reach(row),
    }


def _people(row: Any) -> str:
    if row.draft_id is None:
        return _("随省份数据包装入")
    return _("%(author)s 起草，%(publisher)s 发布", author=row.drafted_by, publisher=row.published_by)


def reach(row: Any) -> dict[str, Any] | None:
    """Return how far a version has got with the open clocks; None for one that had none to reach."""
    if row.rollout_id is None:
        return None
    done = row.finished_at is not None
    if not done and row.looked and row.looked >= row.whole:
        said = _("在办时限都已按新版本计时，一分钟后再核对一遍")
    elif done:
        said = _("已应用：%(n)s 个时限改按新版本计时", n=row.superseded)
    else:
        said = _("正在应用：%(looked)s / %(whole)s", looked=row.looked, whole=row.whole)
    return {
        "words": said,
        "done": done,
        "value": row.looked,
        "most": max(row.whole, 1),
        "moved": row.moved,
        "unbreached": row.unbreached,
        "breached": row.breached,
    }


def version(document: PolicyDocument, row: Any, current: Province) -> dict[str, Any]:
    """Return the page of a version."""
    policy = current.policies.get(document.version) if document.kind == SLA else None
    return {
        "heading": called(document.kind, document.version, str(document.body.get(_name_field(), ""))),
        "kind_word": words(KIND_WORDS[document.kind]),
        "facts": [
            (_("发布机关"), document.author),
            (_("发布日期"), day(document.published_on)),
            (_("启用时间"), moment(document.loaded_at, now()).words),
            (
                _("停用时间"),
                moment(row.until, now()).words if row.until and document.kind in (SLA, ROUTING) else "",
            ),
            (_("经手人"), _people(row)),
            (_("依据"), str(document.body.get("basis", ""))),
        ],
        "text": service.text_of(document),
        "reach": reach(row),
        "effect_url": url_for("policies.effect", draft_id=row.draft_id) if row.draft_id else "",
        "base": document.id,
        "overlaps": overlaps(policy, {}) if policy else [],
    }


def draft(one: PolicyDraft, read: Read, actor: Actor, typed: str) -> dict[str, Any]:
    """Return the editor of a draft: its mistakes, the overlaps of its segments, what this person may do."""
    open_now = one.state == service.OPEN
    mine = one.author_id == actor.account_id
    return {
        "heading": title(one),
        "kind_word": words(KIND_WORDS[one.kind]),
        "base": one.base_version or "",
        "draft_id": one.id,
        "open": open_now,
        "state_word": "" if open_now else ended(one),
        "document_url": url_for("policies.version", document_id=one.document_id) if one.document_id else "",
        "mine": mine and open_now,
        "url": url_for("policies.draft", draft_id=one.id),
        "problems": _problems(read, typed),
        "overlaps": overlaps(read.policy, read.lines) if one.kind == SLA and read.policy else [],
        "passages": line_diff.passages(base, typed) if (base := service.base_text(one)) else [],
        "look": look(one),
        "look_url": url_for("policies.effect", draft_id=one.id) if one.looked_at or one.wanted_at else "",
        "saved": moment(one.changed_at, now()),
        "verbs": {
            verb: url_for("policies.do", draft_id=one.id, verb=verb) for verb in ("what-if", "discard")
        },
        "begin_url": url_for("policies.begin"),
        "autosave_url": url_for("policies.autosave", draft_id=one.id),
    }


def _problems(read: Read, typed: str) -> list[dict[str, Any]]:
    lines = typed.splitlines()
    return [
        {
            "line": problem.line,
            "words": said(problem.message),
            "source": lines[problem.line - 1].strip()[:QUOTED] if problem.line <= len(lines) else "",
        }
        for problem in read.problems
    ]


def ended(one: PolicyDraft) -> str:
    """Return how a draft ended, in a word."""
    return _("已发布") if one.state == service.PUBLISHED else _("已作废")


def overlaps(policy: Policy, lines: Any) -> list[dict[str, Any]]:
    """Return the pairs of rows between which the order decides, those that are never reached first."""
    found = sorted(policy.overlaps(), key=lambda one: not one.hidden)
    return [_overlap(one, lines) for one in found]


def _overlap(one: Overlap, lines: Any) -> dict[str, Any]:
    return {
        "first": _row(one.first, lines),
        "second": _row(one.second, lines),
        "hidden": one.hidden,
    }


def _row(row: Limit, lines: Any) -> str:
    where = _("第 %(n)s 行", n=lines[row.index]) if row.index in lines else _("第 %(n)s 条", n=row.index + 1)
    conditions = _("，").join(f"{name}={'/'.join(sorted(found))}" for name, found in row.when.items())
    return f"{where} {clock_word(row.clock.value)}" + (f"（{conditions}）" if conditions else "")


def clock_word(kind: str) -> str:
    """Return the word of a clock or of a step's limit."""
    return words(STEP_WORDS[kind]) if kind in STEP_WORDS else words(CLOCK_WORDS[ClockKind(kind)])
