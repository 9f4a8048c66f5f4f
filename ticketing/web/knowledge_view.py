"""Articles as their pages show them."""

from collections.abc import Collection, Iterable, Sequence
from typing import Any

from flask import url_for
from sqlalchemy import Row

from ticketing.domain import knowledge as words_of
from ticketing.domain.clock import local
from ticketing.domain.knowledge import ARTICLE_KIND_WORDS, ArticleKind, expired
from ticketing.domain.workflow import Action
from ticketing.models import Article, ArticleVersion, HistoryEntry, Ticket
from ticketing.services import citations, knowledge_lists
from ticketing.web import moments
from ticketing.web.context import now, province
from ticketing.web.i18n import gettext as _
from ticketing.web.i18n import named, words
from ticketing.web.rows import present

LEAD = 120


def row(found: Row[Any], endpoint: str = "knowledge.show") -> dict[str, Any]:
    """Return an article as lists show it."""
    return {
        "code": words_of.shown(found.number),
        "url": url_for(endpoint, article=found.number),
        "title": found.title,
        "kind": words(ARTICLE_KIND_WORDS[ArticleKind(found.kind)]),
        "source": found.source,
        "lead": shortened(found.lead),
        "issued": moments.day(found.issued_on) if found.issued_on else "",
        "changed": moments.moment(found.changed_at, now()),
        "state": state(found),
    }


def shortened(text: str) -> str:
    """Return the beginning of a text as one line."""
    line = " ".join(text.split())
    return line if len(line) <= LEAD else line[:LEAD] + "…"


def state(article: Any) -> dict[str, str]:
    """Return how an article or its row in a list stands: level and word, empty where all is well."""
    today = local(now()).date()
    if article.withdrawn_at is not None:
        return {"level": "over", "words": _("已撤下")}
    if expired(article.valid_until, today):
        return {"level": "over", "words": _("已过期")}
    if article.review_on is not None and article.review_on <= today:
        return {"level": "soon", "words": _("该复核了")}
    return {"level": "", "words": ""}


def facts(article: Article, version: ArticleVersion) -> list[tuple[str, str]]:
    """Return what an article is, as a list."""
    archive = province().archive
    topic, bureau = (
        archive.topics.get(article.topic_code or ""),
        archive.bureaus.get(article.bureau_code or ""),
    )
    return [
        (_("类别"), words(ARTICLE_KIND_WORDS[ArticleKind(article.kind)])),
        (_("事项主题"), named(topic) if topic else ""),
        (_("来源"), version.source),
        (_("发布日期"), moments.day(version.issued_on) if version.issued_on else ""),
        (_("有效期至"), moments.day(version.valid_until) if version.valid_until else ""),
        (_("维护单位"), named(bureau) if bureau else _("热线中心")),
        (_("复核日期"), moments.day(version.review_on) if version.review_on else ""),
    ]


def history(
    article: Article, versions: Iterable[ArticleVersion], authors: dict[int, str]
) -> list[dict[str, Any]]:
    """Return the versions, the newest first."""
    return [
        {
            "version": one.version,
            "url": url_for("knowledge.show", article=article.number, version=one.version),
            "at": moments.moment(one.at, now()),
            "who": authors.get(one.author_id or 0, _("数据包")),
            "change": one.change or _("第一版"),
        }
        for one in versions
    ]


def resting(article: Article, rows: Sequence[Row[Any]]) -> list[dict[str, Any]]:
    """Return the answers that rest on an article; those on an older version say so."""
    return [
        {
            "url": line.url,
            "number": line.number,
            "subject": line.subject,
            "note": _("引用的是第 %(version)s 版", version=found.version)
            if found.version < article.version
            else "",
        }
        for line, found in zip(present(rows), rows, strict=True)
    ]


def suggestions(text: str, topic_code: str | None) -> list[dict[str, str]]:
    """Return what may be cited for a request, the most fitting first."""
    return [
        {
            "code": words_of.shown(article.number),
            "url": url_for("knowledge.show", article=article.number),
            "title": article.title,
            "kind": words(ARTICLE_KIND_WORDS[ArticleKind(article.kind)]),
            "lead": shortened(lead),
            "snippet": lead,
        }
        for article, lead in knowledge_lists.suggested(text, topic_code, now())
    ]


def citable(ticket: Ticket, possible: Collection[str]) -> list[dict[str, str]]:
    """Return what the answer could rest on, where one of the steps that are possible now is an answer."""
    if not {Action.ANSWER.value, Action.ANSWER_ON_CALL.value} & set(possible):
        return []
    return suggestions(f"{ticket.subject}\n{ticket.body}", ticket.topic_code)


def outdated(ticket: Ticket, lines: Iterable[HistoryEntry | Row[Any]]) -> list[str]:
    """Return a sentence for each article that the answer rests on and that has changed since."""
    if not any("cites" in line.data for line in lines):
        return []
    said = []
    for article, version in citations.outdated(ticket):
        at = moments.moment(article.changed_at, now()).words
        code = words_of.shown(article.number)
        sentence = (
            _("答复引用的《%(title)s》（%(code)s）已于 %(at)s 撤下。", title=article.title, code=code, at=at)
            if article.withdrawn_at
            else _("答复引用的《%(title)s》（%(code)s 第 %(version)s 版）已于 %(at)s 改版，请看看答复是否还成立。",
                   title=article.title, code=code, version=version, at=at)
        )  # fmt: skip
        said.append(sentence)
    return said
