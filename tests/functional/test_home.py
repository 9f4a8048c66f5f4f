"""The enterprise's first pages: something to find, nothing that leads nowhere, nothing for search engines to keep."""

import re

import pytest
from flask.testing import FlaskClient

PAGES = (
    "/",
    "/?q=评标专家",
    "/?q=没有这种东西xyz",
    "/topics",
    "/privacy",
    "/submit/contact",
    "/status",
    "/status/password",
)


@pytest.mark.parametrize("path", PAGES)
def test_no_link_leads_nowhere(client: FlaskClient, path: str) -> None:
    found = set(re.findall(r'<a [^>]*href="(/[^"#]*)', client.get(path).text))
    assert found
    for address in found:
        assert client.get(address.replace("&amp;", "&"), follow_redirects=True).status_code == 200, address


def test_every_link_inside_a_page_has_its_place(client: FlaskClient) -> None:
    for path in PAGES:
        page = client.get(path).text
        for place in re.findall(r'href="#([^"]+)"', page):
            assert f'id="{place}"' in page, (path, place)


@pytest.mark.parametrize("query", ["评标", "tender", "ＴＡＸ", "食品经营许可"])
def test_a_name_or_a_word_of_either_language_finds_topics(client: FlaskClient, query: str) -> None:
    page = client.get("/", query_string={"q": query}).text
    assert "/submit?topic=T" in page.split("找到这些")[1].split("</ul>")[0]


@pytest.mark.parametrize(("query", "first"), [
    ("消防", "建设工程消防验收"),
    ("消 防", "建设工程消防验收"),
    ("xiaofang", "建设工程消防验收"),
    ("xf", "建设工程消防验收"),
    ("shebao", "社保费减免缓缴"),
    ("pingbiao", "评标委员会组建与专家抽取"),
    ("gongzhang", "公章刻制备案"),
    ("invoices", "发票领用与代开"),
])  # fmt: skip
def test_words_of_two_characters_and_their_sound_find_their_topic(
    client: FlaskClient, query: str, first: str
) -> None:
    page = client.get("/found", query_string={"q": query}).text
    topics = re.findall(r'topic=T\d+"[^>]*>([^<]+)', page)
    assert topics[0] == first


def test_letters_that_stand_for_nothing_find_nothing(client: FlaskClient) -> None:
    assert "topic=" not in client.get("/found", query_string={"q": "xqzk"}).text


@pytest.mark.parametrize("query", ["zzzzqqqq", "\x00", "😀" * 5_000, "<script>alert(1)</script>", "%", "'"])
def test_odd_searches_are_answered_with_a_way_on(client: FlaskClient, query: str) -> None:
    page = client.get("/", query_string={"q": query})
    assert page.status_code == 200
    assert "/submit" in page.text
    assert "<script>alert" not in page.text


def test_the_search_promises_no_answers_of_others(client: FlaskClient) -> None:
    page = client.get("/").text
    assert '<label class="sr" for="q">查找事项</label>' in page
    assert not re.search("以往答复|现成的答案", page)


def test_a_topic_found_is_chosen_in_the_form(client: FlaskClient) -> None:
    page = client.get("/submit?topic=T1503", follow_redirects=True).text
    assert re.search(r'<option selected value="T1503"', page)


def test_the_privacy_notice_says_what_the_law_asks(client: FlaskClient) -> None:
    page = client.get("/privacy").text
    for words in ("个人信息保护法", "为什么", "谁能看到", "保存多久", "您的权利"):
        assert words in page


def test_search_engines_keep_no_page_of_an_enterprise(client: FlaskClient) -> None:
    rules = client.get("/robots.txt")
    assert rules.mimetype == "text/plain"
    for path in ("/submit", "/status", "/login", "/tickets"):
        assert f"Disallow: {path}\n" in rules.text
