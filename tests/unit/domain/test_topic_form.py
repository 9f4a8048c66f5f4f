"""What the form asks by topic: read whole, and each mistake told at its place."""

from typing import Any

import pytest

from sla.documents import DocumentError
from ticketing.domain.errors import Invalid
from ticketing.domain.topic_form import TopicForm

ONE = {"key": "debtor", "words_zh": "谁拖欠", "words_en": "Who owes it", "topics": ["T1"], "needed": True}
OTHER = {"key": "amount", "words_zh": "金额", "words_en": "Amount", "topics": ["T1", "T2"], "kind": "number"}


def document(*questions: dict[str, Any]) -> dict[str, Any]:
    return {"version": 1, "author": "某局", "published_on": "2020-06-01", "questions": list(questions)}


def test_a_topic_brings_its_questions_in_their_order() -> None:
    form = TopicForm.from_document(document(ONE, OTHER))
    assert [one.key for one in form.of("T1")] == ["debtor", "amount"]
    assert [one.key for one in form.of("T2")] == ["amount"]
    assert form.of("T3") == form.of(None) == ()


@pytest.mark.parametrize(
    ("wrong", "path"),
    [
        ({"kind": "colour"}, ("questions", 0, "kind")),
        ({"kind": "choice"}, ("questions", 0)),
        ({"choices": [{"zh": "是", "en": "Yes"}]}, ("questions", 0)),
        ({"needed": "perhaps"}, ("questions", 0, "needed")),
        ({"key": "a b"}, ("questions", 0, "key")),
        ({"topics": ["T1", ""]}, ("questions", 0, "topics", 1)),
        ({"word_zh": "x"}, ("questions", 0, "word_zh")),
    ],
)
def test_a_mistake_is_told_at_its_place(wrong: dict[str, Any], path: tuple[object, ...]) -> None:
    with pytest.raises(DocumentError) as told:
        TopicForm.from_document(document(ONE | wrong))
    assert told.value.path == path


def test_two_questions_need_two_keys() -> None:
    with pytest.raises(DocumentError):
        TopicForm.from_document(document(ONE, OTHER | {"key": "debtor"}))


@pytest.mark.parametrize(
    ("kind", "typed", "right"),
    [
        ("number", "860000", True),
        ("number", "８６０，０００．５０", True),
        ("number", "86 万", False),
        ("number", "-1", False),
        ("date", "2026-06-08", True),
        ("date", "２０２６年６月８日", True),
        ("date", "2026/6/8", True),
        ("date", "2026-02-30", False),
        ("date", "0926-06-08", False),
        ("date", "下周一", False),
        ("text", "下周一", True),
    ],
)
def test_an_answer_is_of_the_kind_that_was_asked_for(kind: str, typed: str, right: bool) -> None:
    [question] = TopicForm.from_document(document(ONE | {"kind": kind})).questions
    if right:
        question.check(typed)
    else:
        with pytest.raises(Invalid):
            question.check(typed)
