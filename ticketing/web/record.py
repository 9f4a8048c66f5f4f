"""The record of requests, the same in every room: searched, as far as the person may read."""

from flask import request, url_for

from ticketing.services import search, worklists
from ticketing.services.visibility import readable, reads_nearly_all
from ticketing.services.worklists import Cursor, Page
from ticketing.web import rows
from ticketing.web.context import act
from ticketing.web.i18n import gettext as _
from ticketing.web.i18n import words


def record(endpoint: str) -> str:
    """Return the page of what a search finds; without a search the newest, for those who read nearly all."""
    query = request.args.get("q", "").strip()
    page = _page(query)
    return rows.draw(
        _("诉求记录"),
        rows.present(page.rows),
        rows.nothing(_none(query), _("看全部") if query else "", url_for(endpoint) if query else ""),
        search=rows.find(endpoint, query),
        columns={"state", "bureau"},
        **rows.pages(endpoint, page, q=query or None),
    )


def _page(query: str) -> Page:
    actor, after = act().actor, Cursor.read(request.args.get("after"))
    if query:
        return search.found(query, actor, after)
    return worklists.newest(readable(actor), after) if reads_nearly_all(actor) else Page([], None)


def _none(query: str) -> str:
    if not query:
        return _("输入编码、电话或内容，按回车查找。")
    if wrong := search.mistyped(query):
        return words(wrong)
    return _("没有找到和“%(query)s”有关的诉求。", query=query)
