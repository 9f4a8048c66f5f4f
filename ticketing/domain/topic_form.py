"""What the form asks beyond the plain matter, by topic: a versioned document, checked when it is read."""

import datetime as dt
import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass

from sla.documents import Node
from ticketing.domain.errors import Invalid
from ticketing.domain.words import N_

#: As people write them, in either width: 860000, 860,000.50; 2026-06-08, 2026/6/8, 2026年6月8日.
_NUMBER = re.compile(r"\d{1,3}([, ]?\d{3})*(\.\d+)?|\d{1,15}(\.\d+)?")
_DATE = re.compile(r"(\d{4})[-/.年](\d{1,2})[-/.月](\d{1,2})日?")
#: What a matter of today can have to do with.
YEARS = range(1949, 2101)
KINDS = ("text", "date", "number", "choice")


@dataclass(frozen=True, slots=True)
class Question:
    """One field: what it is called, what it looks like, whether the form goes on without it."""

    key: str
    words_zh: str
    words_en: str
    hint_zh: str
    hint_en: str
    kind: str
    needed: bool
    #: (zh, en) of a choice; what is kept is the Chinese.
    choices: tuple[tuple[str, str], ...]
    topics: frozenset[str]

    def check(self, typed: str) -> None:
        """Refuse an answer that is not of the kind that was asked for; it is kept as it was typed.

        Raises:
            Invalid: with a right example.
        """
        text = unicodedata.normalize("NFKC", typed).strip()
        if self.kind == "number" and not _NUMBER.fullmatch(text):
            raise Invalid(N_("请填写数字，例如 860000。"))
        if self.kind == "date" and not _is_day(text):
            raise Invalid(N_("请填写日期，例如 2026-06-08。"))


def _is_day(text: str) -> bool:
    found = _DATE.fullmatch(text)
    if found is None:
        return False
    try:
        return dt.date(*map(int, found.groups())).year in YEARS
    except ValueError:
        return False


@dataclass(frozen=True, slots=True)
class TopicForm:
    """All questions, in the order in which they are asked."""

    questions: tuple[Question, ...] = ()

    def of(self, topic: str | None) -> tuple[Question, ...]:
        """Return what is asked of a topic; nothing where none was chosen."""
        return tuple(one for one in self.questions if topic and topic in one.topics)

    @classmethod
    def from_document(cls, document: Mapping[str, object]) -> "TopicForm":
        """Check a parsed document and return it.

        Raises:
            DocumentError: with the path of what is wrong.
        """
        part = Node(document).fields(required={"version", "author", "published_on", "questions"})
        part["version"].whole()
        part["author"].text()
        part["published_on"].day()
        questions = tuple(_question(item) for item in part["questions"].items())
        keys = [one.key for one in questions]
        if len(set(keys)) < len(keys):
            raise part["questions"].fail("a key stands twice")
        return cls(questions)


def _question(node: Node) -> Question:
    part = node.fields(
        required={"key", "words_zh", "words_en", "topics"},
        optional={"hint_zh", "hint_en", "kind", "needed", "choices"},
    )
    kind = part["kind"].text() if "kind" in part else "text"
    if kind not in KINDS:
        raise part["kind"].fail(f"one of {', '.join(KINDS)} is expected")
    if ("choices" in part) != (kind == "choice"):
        raise node.fail("choices are for the kind choice, which needs some")
    if not part["key"].text().isidentifier():
        raise part["key"].fail("letters and underscores are expected")
    return Question(
        key=part["key"].text(),
        words_zh=part["words_zh"].text(),
        words_en=part["words_en"].text(),
        hint_zh=part["hint_zh"].text() if "hint_zh" in part else "",
        hint_en=part["hint_en"].text() if "hint_en" in part else "",
        kind=kind,
        needed=_yes(part["needed"]) if "needed" in part else False,
        choices=tuple(map(_choice, part["choices"].items())) if "choices" in part else (),
        topics=frozenset(item.text() for item in part["topics"].items()),
    )


def _yes(node: Node) -> bool:
    if not isinstance(node.value, bool):
        raise node.fail("true or false is expected")
    return node.value


def _choice(node: Node) -> tuple[str, str]:
    part = node.fields(required={"zh", "en"})
    return part["zh"].text(), part["en"].text()
