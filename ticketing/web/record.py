"""The record of requests, the same in every room: searched, as far as the person may read."""

import functools
from typing import Any

from flask import current_app, request, url_for
from markupsafe import Markup

from ticketing.domain.query import LONGEST, Mistake, Query, read
from ticketing.domain.query_fields import FIELDS
from ticketing.services import search
from ticketing.services.search import Found
from ticketing.services.visibility import reads_nearly_all
from ticketing.services.worklists import Cursor, Page
from ticketing.web import many, rows
from ticketing.web.context import act, now
from ticketing.web.i18n import gettext as _
from ticketing.web.i18n import language, words
from ticketing.web.lexicon import lexicon
from ticketing.web.moments import dated


def record(endpoint: str) -> str:
    """Return the page of what a search finds; without a search the newest, for those who read nearly all."""
    query = read(request.args.get("q", "").strip()[:LONGEST], lexicon(), now(), english=language() == "en")
    found = look(query)
    return rows.draw(
        _("诉求记录"),
        rows.present(found.page.rows),
        rows.nothing(
            _none(query), _("看全部") if query.line else "", url_for(endpoint) if query.line else ""
        ),
        total=found.total if query.line else "",
        lead=looked(found),
        search=rows.find(endpoint, query.line) | under_line(mistakes(query, endpoint)) | {"line": True},
        columns={"state", "bureau"},
        bulk=many.offered(act().actor),
        save_url=url_for("views.new", q=query.line) if query.line and not query.mistakes else "",
        **rows.pages(endpoint, found.page, q=query.line or None),
    )


def look(query: Query) -> Found:
    """Return what a query finds for this person; a line with a mistake finds nothing until it is put right."""
    actor, after = act().actor, Cursor.read(request.args.get("after"))
    if query.mistakes:
        return search.NOTHING
    if not query.empty:
        return search.found(query, actor, after, now())
    return Found(
        search.newest_readable(actor.grants).page(after) if reads_nearly_all(actor) else Page([], None)
    )


def looked(found: Found) -> str:
    """Say how far back a search has come, where it did not come to the end."""
    if found.back_to is None:
        return ""
    return _("已经查到 %(day)s；更早的请看后一页，或者多写一个条件。", day=dated(found.back_to).words)


def mistakes(query: Query, endpoint: str) -> list[dict[str, Any]]:
    """Return each mistake with the line around it, so that it is seen where it stands."""
    return [_mistake(query.line, one, endpoint) for one in query.mistakes]


def _mistake(line: str, one: Mistake, endpoint: str) -> dict[str, Any]:
    values = {name: words(value) if name == "field" else value for name, value in one.values.items()}
    return {
        "before": line[: one.start],
        "wrong": line[one.start : one.end],
        "after": line[one.end :],
        "place": one.start + 1,
        "why": words(one.why, **values),
        "example": one.example,
        "url": url_for(endpoint, q=one.example),
    }


def _none(query: Query) -> str:
    if not query.line:
        return _("输入编码、电话或内容，按回车查找。")
    if query.mistakes:
        return _("请先改正查询。")
    if wrong := search.mistyped(query.line):
        return words(wrong)
    return _("没有找到和“%(query)s”有关的诉求。", query=query.line)


def under_line(shown: list[dict[str, Any]]) -> dict[str, Any]:
    """Return what stands under a query line: its mistakes, and how lines are written."""
    return {"mistakes": shown, "help": _help(language())}


@functools.lru_cache
def _help(tongue: str) -> Markup:
    """Draw how query lines are written, once a language."""
    said = [spec.said(english=tongue == "en") for spec in FIELDS.values()]
    fields = [
        {"names": " / ".join(spec.names[:2]), "word": words(spec.word), "example": spec.example}
        for spec in said
    ]
    template = current_app.jinja_env.get_template("views/query_help.html")
    return Markup(template.render(fields=fields))  # noqa: S704  the template escapes
