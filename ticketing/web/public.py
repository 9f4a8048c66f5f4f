"""The enterprise's first page, and what becomes of its data."""

import datetime as dt
from typing import Any

from flask import Blueprint, Response, render_template, request, url_for
from sqlalchemy import Row

from routing.directory import Topic
from ticketing.domain.knowledge import ARTICLE_KIND_WORDS, ArticleKind
from ticketing.services import knowledge_lists, topic_search
from ticketing.web import knowledge_view, moments
from ticketing.web.addresses import address
from ticketing.web.context import now, province
from ticketing.web.guard import open_to_all
from ticketing.web.i18n import gettext as _
from ticketing.web.i18n import language, words

public = Blueprint("public", __name__)
#: How many of the newest articles, and of those that fit a question.
NEWEST = 5
#: What search engines leave alone: everything that belongs to one enterprise or to the house.
UNLISTED = (
    "/submit",
    "/status",
    "/found",
    "/unsent",
    "/my",
    "/login",
    "/tickets",
    "/desk",
    "/dispatch",
    "/bureau",
    "/watch",
    "/admin",
    "/api",
)
UPDATED = dt.date(2026, 1, 1)


@public.get("/")
@open_to_all
def home() -> str:
    """Find what answers a question, and the topics that fit it: each begins a request that has it chosen."""
    query = request.args.get("q", "").strip()[:80]
    topics = list(province().directory.topics.values())
    return render_template(
        "public/home.html",
        query=query,
        search_url=address("public.home"),
        found_url=address("public.found"),
        results=_answers(query, topics) if query else None,
        topics=[{"words": _name(topic), "url": _ask(topic)} for topic in _first_of_lines(topics)],
        boards=[
            {
                "words": _("反映投诉"),
                "note": _("提交诉求，当场拿到编号和期限"),
                "url": address("submit.begin"),
            },
            {"words": _("网上大厅"), "note": _("按事项找到该问的地方"), "url": address("public.topics")},
            {"words": _("营商动态"), "note": _("惠企政策、通知和办事指南"), "url": address("board.index")},
        ],
        notices=[_notice(found) for found in knowledge_lists.newest_in_use(now(), public=True)[:NEWEST]],
        figures=[],
    )


@public.get("/found")
@open_to_all
def found() -> str:
    """Return what answers the words typed so far, as a part of the first page."""
    query = request.args.get("q", "").strip()[:80]
    results = _answers(query, list(province().directory.topics.values())) if query else None
    return render_template("public/found.html", query=query, results=results) if query else ""


def _answers(query: str, topics: list[Topic]) -> list[dict[str, str]]:
    """Return what answers the question before it is asked: guides and policies first, then topics to ask about."""
    found = knowledge_lists.listed(knowledge_lists.in_use(now(), public=True), query=query)[:NEWEST]
    return [*map(_guide, found), *(_result(topic) for topic in topic_search.found(query, topics))]


@public.get("/topics")
@open_to_all
def topics() -> str:
    """List all topics by department."""
    directory = province().directory
    groups: dict[str, list[Topic]] = {}
    for topic in directory.topics.values():
        groups.setdefault(topic.line, []).append(topic)
    shown = []
    for line, members in groups.items():
        department = directory.provincial_bureau(line)
        name = (
            (department.name_en if language() == "en" else department.short_name_zh) if department else line
        )
        shown.append({"words": name, "topics": [{"words": _name(one), "url": _ask(one)} for one in members]})
    return render_template("public/topics.html", groups=shown)


def _name(topic: Topic) -> str:
    return topic.name_en if language() == "en" else topic.name_zh


def _ask(topic: Topic) -> str:
    return address("submit.begin", topic=topic.code)


def _first_of_lines(topics: list[Topic]) -> list[Topic]:
    """Return one topic of each of the first dozen lines; figures of what is asked most come with the reports."""
    by_line = {topic.line: topic for topic in reversed(topics)}
    return list(reversed(by_line.values()))[:12]


def _notice(found: Row[Any]) -> dict[str, Any]:
    return {
        "title": found.title,
        "url": url_for("board.show", article=found.number),
        "source": found.source,
        "date": moments.day(found.issued_on) if found.issued_on else "",
    }


def _guide(found: Row[Any]) -> dict[str, str]:
    return {
        "title": found.title,
        "url": url_for("board.show", article=found.number),
        "kind": words(ARTICLE_KIND_WORDS[ArticleKind(found.kind)]),
        "excerpt": knowledge_view.shortened(found.lead),
    }


def _result(topic: Topic) -> dict[str, str]:
    excerpt = "、".join(topic.keywords_zh[:6]) if language() == "zh" else ""
    return {"title": _name(topic), "url": _ask(topic), "kind": _("事项"), "excerpt": excerpt}


@public.get("/privacy")
@open_to_all
def privacy() -> str:
    """Say what becomes of personal data."""
    return render_template(
        "public/privacy.html",
        parts=_privacy(),
        updated=moments.Moment(UPDATED.isoformat(), moments.day(UPDATED)),
    )


@public.get("/robots.txt")
@open_to_all
def robots() -> Response:
    """Tell search engines what to leave alone."""
    lines = ["User-agent: *", *(f"Disallow: {path}" for path in UNLISTED), ""]
    return Response("\n".join(lines), mimetype="text/plain")


def _privacy() -> list[dict[str, object]]:
    return [
        {
            "heading": _("我们收集什么，为什么"),
            "paragraphs": [
                _("办理诉求需要企业名称、联系人和电话；统一社会信用代码、电子邮箱和附件由您自愿提供。"),
                _("这些信息只用于办理这件诉求、告诉您进度和回访，不用于其他目的。"),
            ],
        },
        {
            "heading": _("谁能看到"),
            "paragraphs": [
                _("热线工作人员和承办单位。电话和姓名在页面上默认隐藏，查看要写明理由并留下记录。"),
                _("举报人的信息不向被举报的单位提供。"),
            ],
        },
        {
            "heading": _("保存多久"),
            "paragraphs": [_("办结三年后去掉个人信息，只保留统计。没有提交的草稿七天后删除。")],
        },
        {
            "heading": _("您的权利"),
            "paragraphs": [
                _(
                    "您可以查阅、复制、更正、删除自己的信息，也可以撤回诉求。请拨打下面的电话，我们核实身份后办理。"
                ),
                _("依据：《中华人民共和国个人信息保护法》。"),
            ],
        },
    ]
