"""营商动态: the policies, notices and guides that everybody may read."""

from flask import Blueprint, render_template, request, url_for
from sqlalchemy import and_

from ticketing.domain.errors import NotFound
from ticketing.domain.knowledge import ARTICLE_KIND_WORDS, OPEN_KINDS, ArticleKind
from ticketing.models import Article
from ticketing.services import knowledge as service
from ticketing.services import knowledge_lists
from ticketing.web import knowledge_view, moments
from ticketing.web.context import now
from ticketing.web.guard import open_to_all
from ticketing.web.i18n import gettext as _
from ticketing.web.i18n import words
from ticketing.web.requests import row_id

board = Blueprint("board", __name__)
QUERY_MAX = 80


@board.get("/news")
@open_to_all
def index() -> str:
    """List what holds today, the newest first, or what a search finds."""
    query, kind = request.args.get("q", "").strip()[:QUERY_MAX], request.args.get("kind", "")
    kinds = [kind] if kind in OPEN_KINDS else []
    condition = and_(knowledge_lists.in_use(now(), public=True), *(Article.kind == one for one in kinds))
    found = knowledge_lists.listed(condition, query=query, before=request.args.get("before", type=row_id))
    shown = found[: knowledge_lists.PAGE]
    more = len(found) > knowledge_lists.PAGE and not query
    return render_template(
        "public/articles.html",
        heading=_("营商动态"),
        lead=_("惠企政策、通知和办事指南，都写明来源和有效期。"),
        rows=[knowledge_view.row(one, "board.show") for one in shown],
        query=query,
        search_url=url_for("board.index"),
        tabs=[
            {
                "words": word,
                "url": url_for("board.index", kind=name or None),
                "here": name == (kind if kinds else ""),
            }
            for name, word in _kinds().items()
        ],
        newer=url_for("board.index", kind=kind or None) if "before" in request.args else "",
        older=url_for("board.index", kind=kind or None, before=shown[-1].id) if more else "",
    )


def _kinds() -> dict[str, str]:
    open_kinds = [kind for kind in ArticleKind if kind in OPEN_KINDS]
    return {"": _("全部"), **{kind.value: words(ARTICLE_KIND_WORDS[kind]) for kind in open_kinds}}


@board.get("/news/<int:article>")
@open_to_all
def show(article: int) -> str:
    """Show an article that holds today; of any other there is nothing to tell."""
    found = readable_article(article)
    version = service.newest(found)
    return render_template(
        "public/article.html",
        article={
            "title": version.title,
            "body": version.body,
            "kind": words(ARTICLE_KIND_WORDS[ArticleKind(found.kind)]),
            "source": version.source,
            "source_url": version.source_url,
            "issued": moments.day(version.issued_on) if version.issued_on else "",
            "valid_until": moments.day(version.valid_until) if version.valid_until else "",
        },
        ask_url=url_for("submit.begin", topic=found.topic_code),
        back={"words": _("营商动态"), "url": url_for("board.index")},
    )


def readable_article(number: int) -> Article:
    """Return an article that everybody may read today.

    Raises:
        NotFound: there is none, it is for colleagues, or it no longer holds.
    """
    article = knowledge_lists.public_one(number, now())
    if article is None:
        raise NotFound
    return article
