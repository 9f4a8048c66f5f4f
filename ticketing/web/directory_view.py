"""Hotlines, bureaus and topics as their pages show them: lists by sound, fields with what stood and what becomes."""

from collections.abc import Mapping
from typing import Any

from flask import url_for

from ticketing.domain.actors import Actor
from ticketing.domain.opening import ROUND_THE_CLOCK, span_of
from ticketing.domain.vocabulary import TYPE_WORDS
from ticketing.domain.words import N_
from ticketing.models import PolicyDraft
from ticketing.services import directory_edits as service
from ticketing.services import directory_effects
from ticketing.services.directory_edits import BUREAU, HOTLINE, TOPIC
from ticketing.services.pinyin import initials, order
from ticketing.services.policies import OPEN, PUBLISHED
from ticketing.web.context import now, province
from ticketing.web.forms.directory import HOTLINE_WORDS, LEVEL_WORDS
from ticketing.web.i18n import gettext as _
from ticketing.web.i18n import labelled, named, words
from ticketing.web.identity import shown_number
from ticketing.web.moments import moment

PAGE = 50
KIND_WORDS = {HOTLINE: N_("热线"), BUREAU: N_("承办单位"), TOPIC: N_("事项主题")}
FIELD_WORDS = {
    "number": N_("号码"), "label_zh": N_("中文名称"), "label_en": N_("英文名称"), "bureau_code": N_("接听单位"),
    "region_code": N_("地区"), "kind": N_("类别"), "hours": N_("接听时间"), "languages": N_("语言"),
    "priority": N_("优先级"), "active": N_("在用"), "name_zh": N_("全称"), "short_name_zh": N_("简称"),
    "name_en": N_("英文名称"), "parent_code": N_("上级单位"), "line": N_("条线"), "duties_zh": N_("职责"),
    "heads": N_("负责人"), "type_default": N_("默认类型"), "needs_region": N_("要问发生在哪里"),
    "typical_bureau_level": N_("通常由哪一级办理"), "keywords_zh": N_("关键词"), "example_zh": N_("例子"),
}  # fmt: skip


#: Fields whose values have words of their own.
WORDED: dict[str, Mapping[Any, str]] = {
    "type_default": TYPE_WORDS,
    "typical_bureau_level": LEVEL_WORDS,
    "kind": HOTLINE_WORDS,
}
#: The heads of the three columns beside the name.
COLUMNS = {
    HOTLINE: (N_("号码"), N_("接听单位"), N_("接听时间")),
    BUREAU: (N_("代码"), N_("上级单位"), N_("条线")),
    TOPIC: (N_("代码"), N_("省级单位"), N_("关键词")),
}


def back(kind: str) -> dict[str, str]:
    """Return the way back to the list."""
    return {"words": words(KIND_WORDS[kind]), "url": url_for("directory.index", kind=kind)}


def listed(kind: str, query: str, args: Mapping[str, str]) -> dict[str, Any]:
    """Return a page of the rows by sound: they are few hundreds, kept in memory with the province."""
    found = [row for row in _rows(kind) if _fits(row, query.casefold())]
    typed = args.get("from", "0")
    start = int(typed) if typed.isdecimal() and len(typed) < 6 else 0
    where = {"kind": kind, "q": query or None}
    more = len(found) > start + PAGE
    return {
        "tabs": [
            {"words": words(word), "url": url_for("directory.index", kind=one), "here": one == kind}
            for one, word in KIND_WORDS.items()
        ],
        "kind": kind,
        "columns": [words(word) for word in COLUMNS[kind]],
        "query": query,
        "drafts": [_draft_line(one, author) for one, author in service.open_drafts()],
        "rows": found[start : start + PAGE],
        "newer": url_for("directory.index", **where, **{"from": max(0, start - PAGE)}) if start else "",
        "older": url_for("directory.index", **where, **{"from": start + PAGE}) if more else "",
    }


def _fits(row: Mapping[str, Any], query: str) -> bool:
    return not query or query in f"{row['name']} {row['key']} {row['sound']}".casefold()


def _rows(kind: str) -> list[dict[str, Any]]:
    archive, today = province().archive, province().directory
    if kind == HOTLINE:
        rows = [
            (one.number, labelled(one), one.label_zh, archive.bureaus[one.bureau_code], _hours(one.hours),
             one.number in today.hotlines)
            for one in archive.hotlines.values()
        ]  # fmt: skip
    elif kind == TOPIC:
        rows = [
            (one.code, named(one), one.name_zh, today.provincial_bureau(one.line), _("、").join(one.keywords_zh),
             one.code in today.topics)
            for one in archive.topics.values()
        ]  # fmt: skip
    else:
        rows = [
            (one.code, named(one), one.short_name_zh, archive.bureaus.get(one.parent_code or ""), _line(one.line),
             one.code in today.bureaus)
            for one in archive.bureaus.values()
        ]  # fmt: skip
    rows.sort(key=lambda row: order(row[2]))
    return [
        {
            "key": key,
            "shown": shown_number(key) if kind == HOTLINE else key,
            "name": name,
            "sound": initials(zh),
            "bureau": named(bureau) if bureau else "",
            "more": more,
            "active": active,
            "url": url_for("directory.edit", kind=kind, key=key),
        }
        for key, name, zh, bureau, more, active in rows
    ]


def _hours(written: str) -> str:
    """Return the hours of a line in words; the pack writes them for programs."""
    if written == ROUND_THE_CLOCK:
        return _("24 小时")
    opens, closes = span_of(written)
    return _("工作日 %(opens)s–%(closes)s", opens=f"{opens:%H:%M}", closes=f"{closes:%H:%M}")


def _line(code: str) -> str:
    """Return a line of departments by the name of the one at its head."""
    head = province().directory.provincial_bureau(code)
    return named(head) if head else code


def _draft_line(one: PolicyDraft, author: str) -> dict[str, Any]:
    told = service.edit_of(one)
    return {
        "title": name_of(told.kind, told.key),
        "kind": words(KIND_WORDS[told.kind]),
        "fields": _("、").join(words(FIELD_WORDS[name]) for name in told.becomes),
        "author": author,
        "at": moment(one.created_at, now()),
        "url": url_for("directory.draft", draft_id=one.id),
    }


def name_of(kind: str, key: str) -> str:
    """Return what a row is called."""
    archive = province().archive
    if kind == HOTLINE:
        line = archive.hotlines.get(key)
        return f"{labelled(line)} {shown_number(key)}" if line else key
    row = (archive.topics if kind == TOPIC else archive.bureaus).get(key)
    return named(row) if row else key


def typed(kind: str, current: Mapping[str, Any]) -> dict[str, Any]:
    """Return what stands there as the form shows it."""
    archive, values = province().archive, dict(current)
    if kind != TOPIC:
        holder = current["bureau_code" if kind == HOTLINE else "parent_code"]
        values["bureau"] = named(archive.bureaus[holder]) if holder else ""
    for name in ("languages", "heads", "keywords_zh"):
        if name in values:
            values[name] = "、".join(values[name])
    return values | ({"priority": str(values["priority"])} if kind == HOTLINE else {})


def draft(one: PolicyDraft, actor: Actor) -> dict[str, Any]:
    """Return a draft: each field, what hangs on the row, what this person may do."""
    told, open_now = service.edit_of(one), one.state == OPEN
    ended = _("已发布") if one.state == PUBLISHED else _("已作废")
    return {
        "heading": name_of(told.kind, told.key),
        "kind_word": words(KIND_WORDS[told.kind]),
        "state_word": _("草稿") if open_now else ended,
        "open": open_now,
        "mine": one.author_id == actor.account_id,
        "stale": open_now and service.stale(told),
        "at": moment(one.created_at, now()),
        "rows": [
            (words(FIELD_WORDS[name]), _value(name, told.was[name]), _value(name, value))
            for name, value in told.becomes.items()
        ],
        "effect": [
            {"value": count, "words": words(word)}
            for word, count in directory_effects.effect(told, province())
        ],
        "verbs": {
            verb: url_for("directory.do", draft_id=one.id, verb=verb) for verb in ("publish", "discard")
        },
        "replay_url": url_for("policy_replays.show", draft_id=one.id) if told.kind == TOPIC else "",
        "back": back(told.kind),
    }


def _value(name: str, value: Any) -> str:
    archive = province().archive
    if name in ("bureau_code", "parent_code"):
        return named(archive.bureaus[value]) if value else _("没有")
    if name == "region_code":
        return named(archive.regions[value])
    if name in WORDED:
        return words(WORDED[name][value])
    if name == "needs_region":
        return _("是") if value else _("否")
    if isinstance(value, bool):
        return _("在用") if value else _("停用")
    if isinstance(value, list):
        return _("、").join(value) or _("没有")
    return str(value)
