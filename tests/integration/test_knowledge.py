"""知识库: versions that stay, what is found and suggested, what answers rest on."""

import datetime as dt

import pytest
from flask import Flask
from sqlalchemy import func, select

from tests.conftest import MONDAY, FrozenClock
from tests.support.api import accepted
from tests.support.people import actor
from ticketing.domain.actors import SYSTEM, Grant
from ticketing.domain.errors import Invalid, NotAllowed
from ticketing.domain.vocabulary import Role
from ticketing.extensions import db
from ticketing.models import Article, ArticleVersion, Citation, HistoryEntry
from ticketing.services import citations, handling, knowledge, knowledge_lists, knowledge_load, province
from ticketing.services.history import Act
from ticketing.services.knowledge import Written

ACT = Act(SYSTEM, MONDAY)
ARREARS = Written(
    "policy", "中小企业款项的付款期限", "机关应当自交付之日起三十日内付款。", topic_code="T0303"
)
NOISE = Written("guide", "公章刻制备案", "带上营业执照。", topic_code="T0401")


@pytest.fixture
def arrears(rolled_back: Flask) -> Article:
    knowledge.write(NOISE, ACT)
    return knowledge.write(ARREARS, ACT)


def titles(query: str) -> list[str]:
    return [found.title for found in knowledge_lists.listed(knowledge_lists.in_use(MONDAY), query=query)]


def changed(**other: object) -> Written:
    return Written(**{**vars(ARREARS), "change": "期限改了", **other})  # type: ignore[arg-type]


def test_two_characters_find_the_article_and_no_other(arrears: Article) -> None:
    assert titles("付款") == [arrears.title]
    assert titles("付款备案") == []


def test_revising_keeps_what_was_said(arrears: Article) -> None:
    knowledge.revise(arrears, changed(body="自交付之日起六十日内付款。"), ACT, seen=1)
    assert [one.body for one in knowledge.versions(arrears)] == ["自交付之日起六十日内付款。", ARREARS.body]
    assert (titles("六十"), titles("三十")) == ([arrears.title], [])


@pytest.mark.parametrize(
    ("written", "seen", "field"),
    [
        (changed(), 1, "body"),
        (changed(body="别的"), 0, "body"),
        (changed(body="别的", change=""), 1, "change"),
        (changed(kind="rumour"), 1, "kind"),
        (changed(title=""), 1, "title"),
        (changed(source_url="javascript:alert(1)"), 1, "source_url"),
        (changed(issued_on=dt.date(2020, 2, 1), valid_until=dt.date(2020, 1, 1)), 1, "valid_until"),
    ],
)
def test_what_cannot_be_is_told_at_its_field(
    arrears: Article, written: Written, seen: int, field: str
) -> None:
    with pytest.raises(Invalid) as refused:
        knowledge.revise(arrears, written, ACT, seen=seen)
    assert refused.value.field == field
    assert (
        db.session.scalar(
            select(func.count(ArticleVersion.id)).where(ArticleVersion.article_id == arrears.id)
        )
        == 1
    )


def test_the_topic_and_the_words_suggest_it_while_it_holds(arrears: Article) -> None:
    def suggests(text: str, topic: str | None, now: dt.datetime = MONDAY) -> list[str]:
        return [found[0].title for found in knowledge_lists.suggested(text, topic, now)]

    assert suggests("机关欠我们的货款一直不付款", None) == [arrears.title]
    assert suggests("没有一个字相同", "T0303") == [arrears.title]
    assert suggests("天气不错", None) == []
    arrears.valid_until = MONDAY.date()
    assert suggests("", "T0303") == [arrears.title]
    assert suggests("", "T0303", MONDAY + dt.timedelta(days=1)) == []


def test_a_head_writes_for_the_own_bureau_alone(arrears: Article) -> None:
    head, boss = actor("head", Grant(Role.HEAD, "HRB-SWJ")), actor("boss", Grant(Role.SUPERVISOR))
    own = knowledge.write(NOISE, ACT, bureau_code="HRB-SWJ")
    knowledge.require_writer(own, head)
    knowledge.require_writer(arrears, boss)
    for article, who in ((arrears, head), (own, actor("handler", Grant(Role.HANDLER, "HRB-SWJ")))):
        with pytest.raises(NotAllowed):
            knowledge.require_writer(article, who)


def test_an_answer_names_the_version_it_rests_on_and_learns_of_the_next(
    arrears: Article, clock: FrozenClock
) -> None:
    one, act = accepted(clock)
    code = f"K{arrears.number}"
    handling.propose_answer(
        one, act, province.current(), result="explained", text="见条例。", basis="", cited=code
    )
    entry = db.session.scalars(select(HistoryEntry).where(HistoryEntry.action == "answer")).one()
    assert entry.data["cites"] == [{"number": arrears.number, "version": 1, "title": arrears.title}]
    assert list(citations.outdated(one)) == []
    knowledge.revise(arrears, changed(body="六十日。"), ACT, seen=1)
    assert [(found.title, version) for found, version in citations.outdated(one)] == [(arrears.title, 1)]
    assert db.session.scalars(select(Citation.version)).all() == [1]


@pytest.mark.parametrize("cited", ["K999999", "条例", "K1 和别的"])
def test_a_citation_of_nothing_is_refused_and_nothing_is_answered(
    arrears: Article, clock: FrozenClock, cited: str
) -> None:
    one, act = accepted(clock)
    with pytest.raises(Invalid) as refused:
        handling.propose_answer(
            one, act, province.current(), result="solved", text="好。", basis="", cited=cited
        )
    assert (refused.value.field, one.state) == ("cited", "in_progress")


def test_what_no_longer_holds_cannot_be_cited(arrears: Article) -> None:
    knowledge.withdraw(arrears, ACT)
    with pytest.raises(Invalid) as refused:
        citations.cite(f"K{arrears.number}", MONDAY)
    assert "已经失效" in refused.value.message


def test_a_list_loaded_again_revises_what_changed_and_no_more(rolled_back: Flask) -> None:
    entries = [
        {"key": "a", "kind": "guide", "title": "甲", "body": "旧的"},
        {"key": "b", "kind": "guide", "title": "乙", "body": "不变"},
    ]
    assert knowledge_load.load(entries, ACT, province.current()) == (2, 0)
    entries[0]["body"] = "新的"
    assert knowledge_load.load(entries, ACT, province.current()) == (0, 1)
    assert knowledge_load.load(entries, ACT, province.current()) == (0, 0)


def test_the_first_version_of_a_loaded_article_says_nothing_of_a_list(rolled_back: Flask) -> None:
    entry = {"key": "k", "kind": "guide", "title": "办照指南", "body": "带身份证。"}
    act = Act(actor("boss", Grant(Role.SUPERVISOR)), MONDAY)
    knowledge_load.load([entry], act, province.current())
    knowledge_load.load([entry | {"body": "带身份证和租房合同。"}], act, province.current())
    article = db.session.scalars(select(Article).where(Article.source_key == "k")).one()
    assert [one.change for one in knowledge.versions(article)] == ["随列表更新", ""]
