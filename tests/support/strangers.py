"""Those who have no business with what is secret look for it wherever there is an address, and behind the pages too.

The addresses are those that the application itself knows: every route that can be fetched, its parts filled in from the
rows there are, and asked again with whatever parameters its view looked for. A route whose parts nobody can fill in
fails, so none is added unseen.
"""

import functools
import html
import io
import itertools
import json
import re
import zipfile
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Any
from urllib.parse import quote, unquote, urlencode

from flask import Flask, request
from flask.testing import FlaskClient
from pypdf import PdfReader
from sqlalchemy import text
from werkzeug.datastructures import ImmutableMultiDict
from werkzeug.routing import Rule
from werkzeug.test import TestResponse

from ticketing.extensions import db, store

#: The rows that fill in a part of an address: under the name of the part, or of the endpoint and the part.
ROWS = {
    "api_file": "select id from attachment",
    "article": "select number from article",
    "job_id": "select id from import_job",
    "articles.read.number": "select number from article",
    "call_id": "select id from call",
    "cases.file.file_id": "select id from case_file",
    "case_no": "select number from coordination_case",
    "directory.draft.draft_id": "select id from policy_draft",
    "document_id": "select id from policy_document order by id desc limit 1",
    "draft_id": "select id from policy_draft",
    "file_id": "select id from attachment",
    "group_id": "select id from duty_group",
    "knowledge": "select number from article",
    "many.show.identifier": "select id from bulk_action",
    "many.state.identifier": "select id from bulk_action",
    "month": "select to_char(month, 'YYYY-MM') from monthly_report",
    "number": "select number from ticket",
    "run_id": "select id from routing_run",
    "snippets.edit.identifier": "select id from snippet",
    "step_no": "select distinct number from case_step order by 1",
    "username": "select username from account limit 2",
    "identifier": "select id from saved_view",
}
#: Parts that are no row's.
WORDS = {
    "key": ["QQHR-FGW"],
    "name": ["what", "where", "matter", "contact"],
    "token": ["1.none.none"],
    "answers.snippet.key": ["1"],
    "answers.compare.key": ["1"],
    "calls.recording.name": ["1"],
}
#: Bears a name like a member's, and is on no list: a search has to say the same of both.
NOBODY = "东方未晞"
#: Lists who asked what earlier, the names in it: it names both that were asked about.
TELLS_WHAT_WAS_ASKED = frozenset({"exports.listed"})
#: What differs between two answers to the same question.
PASSING = re.compile(r'(value|content)="[\w.-]{20,}"|<dcterms:\w+ [^<]*<')
#: Headers that are another for each answer; a session is sealed.
OWN = frozenset({"X-Request-Id", "Date", "Set-Cookie", "Content-Length", "ETag"})
SPACES = re.compile(r"\s+")
STREAMED = 2


class Noting(ImmutableMultiDict):
    """The parameters of a request; notes which ones a view looks for."""

    sought: defaultdict[str, set[str]] = defaultdict(set)

    def _note(self, key: object) -> None:
        if request and request.method == "GET" and isinstance(key, str):
            self.sought[request.endpoint or ""].add(key)

    def __getitem__(self, key: Any) -> Any:
        self._note(key)
        return super().__getitem__(key)

    def __contains__(self, key: object) -> bool:
        self._note(key)
        return super().__contains__(key)

    def get(self, key: Any, *given: Any, **more: Any) -> Any:
        self._note(key)
        return super().get(key, *given, **more)

    def getlist(self, key: Any, *given: Any, **more: Any) -> Any:
        self._note(key)
        return super().getlist(key, *given, **more)


def listen(app: Flask) -> None:
    """Note from now on what the views of an application ask their addresses for."""
    app.request_class = type("Noted", (app.request_class,), {"parameter_storage_class": Noting})


@dataclass
class Stranger:
    """Somebody at the door: cookies of a session, a token of the JSON door."""

    who: str
    cookies: Mapping[str, str] = field(default_factory=dict)
    token: str = ""

    def get(self, client: FlaskClient, path: str) -> TestResponse:
        """Fetch without going where the answer leads: that is an address of its own."""
        headers = {"Cookie": "; ".join(f"{name}={value}" for name, value in self.cookies.items())}
        if self.token and path.startswith("/api/"):
            headers["Authorization"] = f"Bearer {self.token}"
        return client.get(path, headers=headers, buffered=False)


def said(answer: TestResponse) -> str:
    """Return everything that an answer says, whatever it is packed in: pages, JSON, sheets, paper, headers."""
    if answer.mimetype == "text/event-stream":
        body = b"".join(itertools.islice(answer.iter_encoded(), STREAMED)).decode()
    else:
        kind, content = answer.mimetype or "", answer.data
        body = boxed(content) if content.startswith((b"PK", b"%PDF")) else plain(kind, content)
    answer.close()
    heads = [f"{name}: {value}" for name, value in answer.headers.items() if name not in OWN]
    told = f"{answer.status_code} {body}{unquote(' '.join(heads))}"
    return told.replace(answer.headers.get("X-Request-Id", "no id"), "")


@functools.lru_cache(maxsize=32)
def boxed(content: bytes) -> str:
    """Return the words of a paper or a workbook; the same bytes are unpacked once, whoever gets them."""
    if content.startswith(b"PK"):
        with zipfile.ZipFile(io.BytesIO(content)) as box:
            return "".join(html.unescape(box.read(name).decode(errors="replace")) for name in box.namelist())
    paper = PdfReader(io.BytesIO(content))
    return SPACES.sub("", "".join(page.extract_text() for page in paper.pages)) + str(paper.metadata)


def plain(kind: str, content: bytes) -> str:
    """Return the words of a page, or of JSON without its escapes."""
    told = content.decode(errors="replace")
    return json.dumps(json.loads(told), ensure_ascii=False) if "json" in kind else html.unescape(told)


class Places:
    """The addresses of an application, for the rows that there are now."""

    def __init__(self, app: Flask) -> None:
        self.rules = [
            rule
            for rule in app.url_map.iter_rules()
            if "GET" in (rule.methods or ()) and rule.endpoint != "static"
        ]
        self.rows: dict[str, list[str]] = {}
        self.map = app.url_map.bind("")

    def all(self) -> Iterator[tuple[str, str]]:
        """Yield endpoint and path of every address."""
        for rule in self.rules:
            names = sorted(rule.arguments)
            for values in itertools.product(*(self._values(rule, name) for name in names)):
                given = dict(zip(names, values, strict=True))
                yield rule.endpoint, self.map.build(rule.endpoint, given)

    def _values(self, rule: Rule, name: str) -> list[str]:
        converter: Any = rule._converters[name]
        if hasattr(converter, "items"):
            return sorted(converter.items)
        for key in (f"{rule.endpoint}.{name}", name):
            if key in WORDS:
                return WORDS[key]
            if key in ROWS:
                if key not in self.rows:
                    self.rows[key] = list(db.session.scalars(text(ROWS[key])))
                return self.rows[key] or ["1"]
        raise AssertionError(f"say in tests/support/strangers.py what stands in {rule} for {name}")


@dataclass
class Look:
    """One look at an application: what is sought, about whom is asked, and which open pages were asked already."""

    app: Flask
    words: Sequence[str]
    about: str
    places: Sequence[tuple[str, str]] = ()
    asked: set[tuple[str, str]] = field(default_factory=set)

    def by(self, stranger: Stranger) -> int:
        """Fetch every address as a stranger; return how many answers were read."""
        read, client = 0, self.app.test_client(use_cookies=False)
        for endpoint, path in self.places:
            answer = stranger.get(client, path)
            check_sound(answer, stranger.who, path)
            told = said(answer)
            check(told, self.words, stranger.who, path)
            read += 1
            if answer.status_code == HTTPStatus.OK and self._is_new(endpoint, path, told):
                read += sum(
                    self._ask(client, stranger, (endpoint, path), asked) for asked in _questions(endpoint)
                )
        return read

    def _is_new(self, endpoint: str, path: str, told: str) -> bool:
        """Tell whether to ask a page: one open to all, that says the same to this one as to another, was asked."""
        if getattr(self.app.view_functions[endpoint], "permission", endpoint) is not None:
            return True
        page = (path, PASSING.sub("", told))
        new = page not in self.asked
        self.asked.add(page)
        return new

    def _ask(
        self, client: FlaskClient, stranger: Stranger, place: tuple[str, str], asked: tuple[str, ...]
    ) -> int:
        """Ask a page about somebody on the lists and about nobody; return how many answers that took."""
        endpoint, path = place
        told, same = (
            said(stranger.get(client, f"{path}?{urlencode(dict.fromkeys(asked, word))}"))
            for word in (self.about, NOBODY)
        )
        both = {self.about, NOBODY} if endpoint in TELLS_WHAT_WAS_ASKED else set()
        apart = differing(alike(told, both | {self.about}), alike(same, both | {NOBODY}))
        assert not apart, (stranger.who, path, asked, apart)
        check(told, self.words, stranger.who, path, asked)
        return 2


def reads(app: Flask, stranger: Stranger, path: str) -> str:
    """Return what one address says to somebody."""
    with ThreadPoolExecutor(1) as pool:
        return pool.submit(lambda: said(stranger.get(app.test_client(use_cookies=False), path))).result()


def look(app: Flask, who: Sequence[Stranger], words: Sequence[str], about: str) -> int:
    """Fetch every address as each of some strangers; fail where one says a word.

    Then ask `about` somebody on the lists, and fail where the answer is another than about somebody who is on none.
    Whoever is asked about is not among the words: that somebody asked may be written down, in the audit.
    Return how many answers were read.
    """
    looking = Look(app, words, about, list(Places(app).all()))
    db.session.remove()
    with ThreadPoolExecutor(
        2
    ) as pool:  # away from this thread's application context: each request has its own
        return sum(pool.map(looking.by, who))


def _questions(endpoint: str) -> Iterator[tuple[str, ...]]:
    """Yield the parameters under which to ask a page: where it searches, then all others that its view looked for."""
    sought = Noting.sought[endpoint]
    if "q" in sought:
        yield ("q",)
    if rest := tuple(sorted(sought - {"q"})):
        yield rest


def alike(told: str, words: Iterable[str]) -> str:
    """Return an answer without what differs for nobody's secret: who was asked about, and what passes."""
    for one in words:
        told = told.replace(one, "□").replace(quote(one), "□")
    return PASSING.sub("", told)


def differing(one: str, other: str) -> str:
    """Return where two answers part, with what stands around it; nothing where they are the same."""
    if one == other:
        return ""
    place = next((n for n, (a, b) in enumerate(zip(one, other, strict=False)) if a != b), len(one))
    return f"{one[max(0, place - 60) : place + 60]} | {other[max(0, place - 60) : place + 60]}"


def check_sound(answer: TestResponse, *where: object) -> None:
    """Fail where the application broke: what it would have said was not looked at."""
    assert answer.status_code < HTTPStatus.INTERNAL_SERVER_ERROR, where


def check(told: str, words: Iterable[str], *where: object) -> None:
    """Fail where one of the words stands in what was said."""
    assert not (found := [word for word in words if word in told]), (*where, found)


def check_rows(words: Iterable[str]) -> None:
    """Fail where a table, a view or anything that the store keeps has one of the words, plain or as bytes."""
    forms = [form for word in words for form in (word, word.encode().hex(), json.dumps(word)[1:-1])]
    relations = text(
        "select relname from pg_class where relkind = any('{r,p,v,m}') and relnamespace = 'public'::regnamespace"
    )
    patterns = [f"%{form}%".replace("\\", "\\\\") for form in forms]
    for table in db.session.scalars(relations).all():
        found = db.session.scalar(
            text(f'select count(*) from "{table}" one where one::text like any(:patterns)'),
            {"patterns": patterns},
        )
        assert not found, table
    for key in store.client.scan_iter(f"{store.prefix}*"):
        check(_kept(key), words, str(key))


def _kept(key: bytes) -> str:
    readers = {"string": "get", "hash": "hgetall", "set": "smembers"}
    kind = store.client.type(key)
    kind = kind.decode() if isinstance(kind, bytes) else kind
    if kind in readers:
        found = getattr(store.client, readers[kind])(key)
    else:
        found = store.client.zrange(key, 0, -1) if kind == "zset" else store.client.lrange(key, 0, -1)
    return found.decode(errors="replace") if isinstance(found, bytes) else repr(found)
