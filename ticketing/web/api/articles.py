"""营商动态 for programs: what everybody may read today."""

from typing import Any

from sqlalchemy import and_

from ticketing.domain.knowledge import ARTICLE_KIND_WORDS, ArticleKind
from ticketing.models import Article as Row
from ticketing.services import knowledge as service
from ticketing.services import knowledge_lists
from ticketing.web import board
from ticketing.web.api.parts import Blueprint, refuses
from ticketing.web.context import now
from ticketing.web.guard import open_to_all
from ticketing.web.i18n import words
from ticketing.web.schemas.articles import Article, ArticleLine, Wanted

articles = Blueprint("articles", __name__, description="Policies, notices and guides")


@articles.get("/articles")
@open_to_all
@articles.arguments(Wanted, location="query")
@articles.response(200, ArticleLine(many=True))
@refuses(articles, 422)
def index(wanted: dict[str, Any]) -> list[dict[str, Any]]:
    """List what holds today, the newest first; of a search the most fitting first."""
    kinds = (Row.kind == wanted["kind"],) if "kind" in wanted else ()
    condition = and_(knowledge_lists.in_use(now(), public=True), *kinds)
    found = knowledge_lists.listed(condition, query=wanted.get("q", ""), before=wanted.get("before"))
    return [
        {**_line(one), "id": one.id, "source": one.source, "issued_on": one.issued_on}
        for one in found[: knowledge_lists.PAGE]
    ]


@articles.get("/articles/<int:number>")
@open_to_all
@articles.response(200, Article)
@refuses(articles, 404)
def read(number: int) -> dict[str, Any]:
    """Read one."""
    article = board.readable_article(number)
    version = service.newest(article)
    kept = {
        name: getattr(version, name) for name in ("body", "source", "source_url", "issued_on", "valid_until")
    }
    return {**_line(article), **kept, "topic_code": article.topic_code}


def _line(article: Any) -> dict[str, Any]:
    kind = ArticleKind(article.kind)
    return {
        "number": article.number,
        "title": article.title,
        "kind": kind.value,
        "kind_words": words(ARTICLE_KIND_WORDS[kind]),
    }
