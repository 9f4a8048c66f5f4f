"""Every word that people read has its English, and the English has the same places to fill."""

import gettext
import re
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog

from ticketing.cli import catalog as group
from ticketing.cli.catalog import (
    ENGLISH,
    Said,
    collected,
    compiled,
    kept,
    merged,
    missing,
    problems,
    updated,
    written,
)


@pytest.fixture(scope="module")
def said() -> Said:
    """The words of the sources, read once."""
    return collected()


def test_every_word_has_its_english(said: Said) -> None:
    assert list(problems(said)) == []


#: A number before words that are wrong of one: "1 messages".
COUNTED = re.compile(
    r"(?:%\((?:n|num|count|minutes|days|due|moved|left|bad)\)s|\{n\}) (?:[a-z]+ )?[a-z-]+s\b"
)
#: Numbers that are never one: a fixed delay, a smallest length, the choices of a period, days with their tenths.
NEVER_ONE = {
    "%(count)s 秒后开始办，现在还可以撤销。", "{n} 秒后开始办，现在还可以撤销。", "密码至少 %(count)s 位。",
    "近 %(count)s 周", "%(n)s 个工作日",
}  # fmt: skip


def test_english_that_counts_holds_for_one_too() -> None:
    counted = {one.id for one in kept() if isinstance(one.id, str) and COUNTED.search(one.string or "")}
    assert counted == NEVER_ONE


def test_the_file_is_as_the_command_writes_it(said: Said) -> None:
    assert written(updated(kept(), said)) == ENGLISH.read_bytes()


def test_the_words_of_every_layer_are_collected(said: Said) -> None:
    words = updated(Catalog(locale="en"), said)
    for word in ("待派单", "跳到正文", "请选择一项。", "没有这一项。", "%(num)s 个工作日"):
        assert word in words


@pytest.mark.parametrize(
    ("english", "told"),
    [
        ('msgid "待派单"\nmsgstr ""', "has no English: 待派单"),
        ('msgid "从来没人说"\nmsgstr "Never said"', "is said nowhere any more: 从来没人说"),
        ('msgid "还剩 %(span)s"\nmsgstr "%(days)s left"', "has other places than its English: 还剩 %(span)s"),
        ('msgid "还剩 %(span)s"\nmsgstr "%(span)s left, 90 % used"', "has other places than its English"),
        ('msgid "已保存 {time}"\nmsgstr "Saved"', "has other places than its English: 已保存 {time}"),
        ('msgid "待签收"\nmsgstr "to be accepted，soon"', "is still Chinese in English"),
    ],
)
def test_what_is_wrong_is_told(tmp_path: Path, said: Said, english: str, told: str) -> None:
    path = tmp_path / "messages.po"
    path.write_text(english)
    assert any(problem.startswith(told) for problem in problems(said, path))


def test_what_is_listed_as_missing_can_be_filled_in_and_merged(said: Said) -> None:
    words = updated(Catalog(locale="en"), said)
    empty = missing(words)
    assert (empty["待派单"], empty["%(num)s 小时"]) == ("", ["", ""])
    unknown = merged(words, {"待派单": "To be dispatched", "%(num)s 小时": ["hour", "hours"], "没人说": "x"})
    assert unknown == ["没人说"]
    assert set(empty) - set(missing(words)) == {"待派单", "%(num)s 小时"}


def test_the_compiled_file_speaks_english(tmp_path: Path) -> None:
    path = tmp_path / "messages.po"
    path.write_bytes(ENGLISH.read_bytes())
    with compiled(path).open("rb") as stream:
        english = gettext.GNUTranslations(stream)
    assert english.gettext("签收") == "Accept"
    assert english.ngettext("%(num)s 小时", "%(num)s 小时", 2) == "%(num)s hours"


def test_the_commands_are_there() -> None:
    assert set(group.commands) == {"extract", "missing", "merge", "check", "compile"}
