"""知识库: find, read, write and revise what answers rest on."""

from collections.abc import Sequence
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from sqlalchemy import and_, select, true
from werkzeug.wrappers import Response as Redirect

from ticketing.domain import knowledge as words_of
from ticketing.domain.errors import DomainError, NotFound
from ticketing.domain.knowledge import ARTICLE_KIND_WORDS, ArticleKind
from ticketing.domain.permissions import Permission, may
from ticketing.extensions import db, transaction
from ticketing.models import Account, Article, ArticleVersion
from ticketing.services import citations, knowledge_lists
from ticketing.services import knowledge as service
from ticketing.services.knowledge import Written
from ticketing.services.knowledge_lists import Condition
from ticketing.services.worklists import COLUMNS
from ticketing.web import choices, knowledge_view
from ticketing.web.addresses import address
from ticketing.web.context import act, now, province
from ticketing.web.errors import status_of
from ticketing.web.forms.base import NOTHING
from ticketing.web.forms.knowledge import ArticleForm
from ticketing.web.guard import needs
from ticketing.web.i18n import gettext as _
from ticketing.web.i18n import words
from ticketing.web.requests import row_id

knowledge = Blueprint("knowledge", __name__)
Page = str | tuple[str, int] | Redirect
QUERY_MAX = 80


@knowledge.get("/knowledge")
@needs(Permission.SEE_KNOWLEDGE)
def index() -> str:
    """Find articles, or list the newest of a kind, or what waits for review."""
    query, tab = request.args.get("q", "").strip()[:QUERY_MAX], request.args.get("tab", "")
    typed = words_of.parse(query)
    before = request.args.get("before", type=row_id)
    if query or tab or before is not None:
        condition = Article.number == typed if typed is not None else _tabs_condition(tab)
        found = knowledge_lists.listed(condition, query="" if typed is not None else query, before=before)
    else:
        found = knowledge_lists.newest_in_use(now())
    shown = found[: knowledge_lists.PAGE]
    more = len(found) > knowledge_lists.PAGE and not query
    return render_template(
        "knowledge/index.html",
        rows=[knowledge_view.row(one) for one in shown],
        query=query,
        search_url=address("knowledge.index"),
        tab=tab,
        tabs=_tabs(tab),
        write_url=address("knowledge.write") if may(act().actor, Permission.WRITE_KNOWLEDGE) else "",
        newer=url_for("knowledge.index", tab=tab or None) if "before" in request.args else "",
        older=url_for("knowledge.index", tab=tab or None, before=shown[-1].id) if more else "",
    )


def _tabs_condition(tab: str) -> Condition:
    if tab == "review":
        return knowledge_lists.to_review(now())
    if tab in frozenset(ArticleKind):
        return and_(Article.withdrawn_at.is_(None), Article.kind == tab)
    return true() if tab == "all" else knowledge_lists.in_use(now())


def _tabs(here: str) -> list[dict[str, Any]]:
    names = {"": _("在用"), **{kind.value: words(word) for kind, word in ARTICLE_KIND_WORDS.items()}}
    names |= {"review": _("待复核"), "all": _("全部")}
    return [
        {
            "words": word,
            "url": address("knowledge.index", **({"tab": name} if name else {})),
            "here": name == here,
            "count": "",
        }
        for name, word in names.items()
    ]


@knowledge.get("/knowledge/<int:article>")
@needs(Permission.SEE_KNOWLEDGE)
def show(article: int) -> str:
    """Show an article as it stands, or as it stood in a version."""
    found = _article(article)
    wanted = request.args.get("version", found.version, type=row_id)
    version = service.version_of(found, wanted)
    if version is None:
        raise NotFound
    writes, versions = _may_write(found), service.versions(found)
    return render_template(
        "knowledge/show.html",
        article={
            "code": words_of.shown(found.number),
            "title": version.title,
            "body": version.body,
            "state": knowledge_view.state(found),
            "version": version.version,
            "old": version.version != found.version,
            "source_url": version.source_url,
        },
        facts=knowledge_view.facts(found, version),
        versions=knowledge_view.history(found, versions, _authors(versions)),
        resting=knowledge_view.resting(found, citations.resting_on(found, act().actor, COLUMNS)),
        newest_url=url_for("knowledge.show", article=article),
        edit_url=url_for("knowledge.edit", article=article) if writes else "",
        use_url=url_for("knowledge.use", article=article) if writes else "",
        withdrawn=found.withdrawn_at is not None,
        back={"words": _("知识库"), "url": url_for("knowledge.index")},
    )


def _authors(versions: Sequence[ArticleVersion]) -> dict[int, str]:
    wanted = [one.author_id for one in versions if one.author_id]
    found = (
        db.session.execute(select(Account.id, Account.name).where(Account.id.in_(wanted))) if wanted else ()
    )
    return {one.id: one.name for one in found}


def _article(number: int, *, lock: bool = False) -> Article:
    article = service.by_number(number, lock=lock)
    if article is None:
        raise NotFound
    return article


def _may_write(article: Article) -> bool:
    try:
        service.require_writer(article, act().actor)
    except DomainError:
        return False
    return True


@knowledge.route("/knowledge/new", methods=["GET", "POST"])
@needs(Permission.WRITE_KNOWLEDGE)
def write() -> Page:
    """Write an article; a head's belongs to the bureau, everybody else's to the centre."""
    form = _form(ArticleForm())
    actor = act().actor
    if form.validate_on_submit():
        own = sorted(service.heads(actor))
        bureau = own[0] if own and not service.writes_everywhere(actor) else None
        try:
            with transaction():
                number = service.write(_written(form), act(), bureau_code=bureau).number
        except DomainError as error:
            form.show(error)
        else:
            flash(_("已保存，现在可以引用 %(code)s。", code=words_of.shown(number)), "ok")
            return redirect(url_for("knowledge.show", article=number))
    return _draw(form, _("写一篇"), url_for("knowledge.write"), url_for("knowledge.index"))


@knowledge.route("/knowledge/<int:article>/edit", methods=["GET", "POST"])
@needs(Permission.WRITE_KNOWLEDGE)
def edit(article: int) -> Page:
    """Write the next version; who was slower is told and keeps what was typed."""
    found = _article(article)
    service.require_writer(found, act().actor)
    form = _form(ArticleForm(data=None if request.method == "POST" else _values(found)))
    code = 200
    if form.validate_on_submit():
        try:
            with transaction():
                locked = _article(article, lock=True)
                service.revise(locked, _written(form), act(), seen=request.form.get("seen", 0, type=row_id))
        except DomainError as error:
            form.show(error)
            code = status_of(error)
        else:
            flash(_("新的一版已保存。"), "ok")
            return redirect(url_for("knowledge.show", article=article))
    heading = _("改 %(code)s", code=words_of.shown(article))
    here = url_for("knowledge.edit", article=article)
    return _draw(
        form, heading, here, url_for("knowledge.show", article=article), seen=found.version, code=code
    )


@knowledge.post("/knowledge/<int:article>/use")
@needs(Permission.WRITE_KNOWLEDGE)
def use(article: int) -> Redirect:
    """Withdraw an article, or put it back into use."""
    with transaction():
        found = _article(article, lock=True)
        service.require_writer(found, act().actor)
        if found.withdrawn_at is None:
            service.withdraw(found, act())
            flash(_("已撤下，不再推荐，也不能再引用。"), "ok")
        else:
            service.restore(found, act())
            flash(_("已恢复使用。"), "ok")
    return redirect(url_for("knowledge.show", article=article))


def _form(form: ArticleForm) -> ArticleForm:
    form.topic.choices = [NOTHING, *choices.topics(province())]
    return form


def _values(article: Article) -> dict[str, Any]:
    version = service.newest(article)
    kept = {name: getattr(version, name) for name in service.VERSIONED}
    return {"kind": article.kind, "topic": article.topic_code or "", **kept}


def _written(form: ArticleForm) -> Written:
    topic = form.topic.data or None
    return Written(
        kind=form.kind.data or "",
        title=form.title.data or "",
        body=form.body.data or "",
        topic_code=topic if topic in province().directory.topics else None,
        source=form.source.data or "",
        source_url=form.source_url.data or "",
        issued_on=form.issued_on.data,
        valid_until=form.valid_until.data,
        review_on=form.review_on.data,
        change=form.change.data or "",
    )


def _draw(form: ArticleForm, heading: str, url: str, back: str, *, seen: int = 0, code: int = 200) -> Page:
    page = render_template(
        "knowledge/edit.html",
        form=form,
        heading=heading,
        url=url,
        seen=seen,
        back={"words": _("返回"), "url": back},
    )
    return (page, code if code != 200 else 422) if form.errors or form.form_errors else page
