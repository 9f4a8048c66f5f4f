"""The query line: what is read, where it is wrong, how it goes on."""

import datetime as dt

import pytest

from ticketing.domain.query import Clause, Name, Query, Sign, read
from ticketing.domain.query_completion import complete
from ticketing.domain.query_fields import ALIASES, FIELDS, Field, Kind

NOW = dt.datetime(2020, 6, 8, 2, 0, tzinfo=dt.UTC)
LEXICON = {
    Field.BUREAU: (
        Name("A-ZJ", "甲市住建局", ("甲市住房和城乡建设局", "A Housing"), "jszjj"),
        Name("B-ZJ", "乙市住建局", ("乙市住房和城乡建设局",), "yszjj"),
        Name("A-SW", "甲市商务局", (), "jsswj"),
    ),
    Field.STATE: (
        Name("in_progress", "办理中", ("in_progress",), "blz"),
        Name("closed", "已办结", ("closed",)),
    ),
    Field.TYPE: (Name("report", "举报", ("report",)),),
    Field.IS: (Name("overdue", "超时", ("overdue", "逾期")),),
}


def line(text: str) -> Query:
    return read(text, LEXICON, NOW)


@pytest.mark.parametrize(
    "text",
    ["bureau:住建 due<3d text:评标", "承办:住建 期限<3天 内容:评标", "承办：住建　期限＜3天 内容：评标"],
)
def test_fields_are_read_in_both_languages_and_widths(text: str) -> None:
    query = line(text)
    assert query.clauses == (
        Clause(Field.BUREAU, ("A-ZJ", "B-ZJ")),
        Clause(Field.DUE, sign=Sign.BEFORE, at=NOW + dt.timedelta(days=3)),
        Clause(Field.TEXT, ("评标",)),
    )
    assert (query.words, query.mistakes) == ((), ())


def test_words_quotes_and_numbers_stay_words() -> None:
    query = line('消防 "复工 备案" 200607-000123-8 12:30 https://例子.cn/a?b=c')
    assert query.words == ("消防", "复工 备案", "200607-000123-8", "12:30", "https://例子.cn/a?b=c")
    assert query.mistakes == ()


@pytest.mark.parametrize(("typed", "codes"), [("甲市商务局", ("A-SW",)), ("a-zj", ("A-ZJ",)), ("swj", ("A-SW",)),
                                              ("housing", ("A-ZJ",)), ('"a housing"', ("A-ZJ",))])  # fmt: skip
def test_a_bureau_is_found_by_any_of_its_names(typed: str, codes: tuple[str, ...]) -> None:
    assert line(f"bureau:{typed}").clauses == (Clause(Field.BUREAU, codes),)


@pytest.mark.parametrize(
    ("text", "sign", "hours"),
    [("due<4h", Sign.BEFORE, 4), ("due>2d", Sign.AFTER, 48), ("received<2d", Sign.AFTER, -48),
     ("received>2d", Sign.BEFORE, -48), ("期限<2个工作日", Sign.BEFORE, 48)],
)  # fmt: skip
def test_spans_count_from_now(text: str, sign: Sign, hours: int) -> None:
    [clause] = line(text).clauses
    assert (clause.sign, clause.at) == (sign, NOW + dt.timedelta(hours=hours))


def test_days_begin_at_midnight_here() -> None:
    midnight = dt.datetime(2020, 6, 7, 16, 0, tzinfo=dt.UTC)
    assert line("due:today").clauses == (Clause(Field.DUE, sign=Sign.IS, at=midnight),)
    assert line("received>=2020-06-08").clauses[0].at == midnight + dt.timedelta(days=1) - dt.timedelta(
        days=1
    )
    assert line("due<=2020-06-08").clauses[0].at == midnight + dt.timedelta(days=1)


@pytest.mark.parametrize(
    ("text", "wrong", "example"),
    [
        ("消防 bureua:住建", "bureua", "承办:住建"),
        ("bureau:没有的", "没有的", "承办:商务局"),
        ("状态:睡觉", "睡觉", "状态:办理中"),
        ("due<soon", "soon", "期限<3天"),
        ("due<2020-13-45", "2020-13-45", "期限<3天"),
        ("type<举报", "<", "类型:投诉"),
        ("bureau:", "bureau:", "承办:商务局"),
    ],
)
def test_a_mistake_says_where_why_and_what_would_be_right(text: str, wrong: str, example: str) -> None:
    [mistake] = line(text).mistakes
    assert text[mistake.start : mistake.end] == wrong
    assert mistake.example == example
    assert mistake.why % {"name": "", "value": "", "field": ""}


@pytest.mark.parametrize(
    "text", ["", "   ", ":", "::", '"', "<", "a" * 500, "﷽", "bureau:\x00", "期限<" * 60]
)
def test_nonsense_breaks_nothing(text: str) -> None:
    query = line(text)
    assert all(0 <= one.start <= one.end <= len(text) for one in query.mistakes)


def test_each_field_reads_its_own_example_or_names_what_it_misses() -> None:
    for spec in FIELDS.values():
        query = line(spec.example)
        assert spec.kind is Kind.NAME or query.clauses[0].field is spec.field, spec.example
        assert all(ALIASES[name] is spec.field for name in spec.names)


def shown(text: str, cursor: int | None = None) -> list[str]:
    return [one.shown for one in complete(text, len(text) if cursor is None else cursor, LEXICON)]


def test_names_of_fields_are_completed_then_their_values() -> None:
    assert (shown("bur"), shown("单位"), shown("承")) == (["bureau:"], ["单位:"], ["承办:"])
    assert shown("消防 承办:甲") == ["甲市住建局", "甲市商务局"]
    assert shown("state:blz") == ["办理中"]
    assert shown("期限<3") == ["3天", "3d"]
    assert shown("bureau:zzz") == shown("nofield:") == []


def test_a_completion_keeps_what_stands_around_it() -> None:
    [one] = complete("消防 承办:乙 due<3d", 7, LEXICON)
    assert one.line == "消防 承办:乙市住建局 due<3d"
    assert one.line[: one.cursor] == "消防 承办:乙市住建局 "


@pytest.mark.parametrize(
    "text",
    [
        "消防 -bureau:甲市商务局 -评标",
        "消防 NOT bureau:甲市商务局 not 评标",
        "消防 非 承办:甲市商务局 －评标",
    ],
)
def test_what_is_not_wanted_is_told_by_a_minus_or_a_word(text: str) -> None:
    query = line(text)
    assert query.clauses == (Clause(Field.BUREAU, ("A-SW",), negated=True),)
    assert (query.words, query.without, query.mistakes) == (("消防",), ("评标",), ())


def test_a_minus_inside_a_number_or_alone_negates_nothing() -> None:
    query = line("200607-000123-8 消防 - 评标 --")
    assert query.without == ()
    assert query.words == ("200607-000123-8", "消防", "-", "评标", "--")


def test_a_not_without_anything_behind_it_is_a_mistake() -> None:
    [mistake] = line("消防 NOT").mistakes
    assert (mistake.start, mistake.end, mistake.example) == (3, 6, "NOT 是:超时")


def test_examples_are_in_the_readers_language() -> None:
    for text in ("bureua:x", "bureau:没有的", "due<soon", "bureau:", "消防 NOT"):
        [mistake] = read(text, LEXICON, NOW, english=True).mistakes
        assert mistake.example.isascii(), mistake.example


def test_a_value_is_completed_behind_a_minus() -> None:
    [one] = complete("-承办:乙", 5, LEXICON)
    assert one.line == "-承办:乙市住建局 "


@pytest.mark.parametrize(
    "text",
    [
        "bureau:乙市住建局,甲市商务局",
        "承办：乙市住建局，甲市商务局",
        "承办:yszjj、a-sw、甲市商务局",
        '承办:"乙市住建局","甲市商务局"',
    ],
)
def test_values_behind_a_field_are_listed_with_any_comma(text: str) -> None:
    query = line(f"消防 {text} -评标")
    assert (query.clauses, query.mistakes) == ((Clause(Field.BUREAU, ("B-ZJ", "A-SW")),), ())
    assert (query.words, query.without) == (("消防",), ("评标",))


def test_quotes_keep_a_comma_and_a_name_that_has_one_is_whole() -> None:
    assert line('企业:"张,李",王').clauses == (Clause(Field.ENTERPRISE, ("张,李", "王")),)
    wide = {Field.BUREAU: (Name("T", "文化、旅游局", ("Culture, Tourism",)), *LEXICON[Field.BUREAU])}
    for text in ("承办:文化、旅游局", 'bureau:"Culture, Tourism"'):
        assert read(text, wide, NOW).clauses == (Clause(Field.BUREAU, ("T",)),), text


@pytest.mark.parametrize(
    ("text", "wrong", "place", "example"),
    [
        ("评标 状态:办理中,睡觉,已办结", "睡觉", 10, "状态:办理中"),
        ("-state:in_progress,closd", "closd", 19, "状态:办理中"),
        ("状态:办理中,", "", 7, "状态:办理中"),
        ("状态:、已办结", "", 3, "状态:已办结"),
        ("状态:,", "", 3, "状态:办理中"),
    ],
)
def test_the_wrong_one_of_many_is_told_at_its_place(text: str, wrong: str, place: int, example: str) -> None:
    [mistake] = line(text).mistakes
    assert (text[mistake.start : mistake.end], mistake.start, mistake.example) == (wrong, place, example)


def test_the_next_value_is_completed_behind_a_comma_and_none_twice() -> None:
    assert shown("状态:办理中,") == shown("状态:办理中、") == ["已办结"]
    assert shown("承办:甲市商务局，甲") == ["甲市住建局"]
    [one] = complete("-承办:甲市商务局，乙 消防", 11, LEXICON)
    assert (one.line, one.line[: one.cursor]) == (
        "-承办:甲市商务局，乙市住建局 消防",
        "-承办:甲市商务局，乙市住建局 ",
    )


def test_a_value_before_another_is_completed_without_a_gap() -> None:
    [one] = complete("承办:乙，甲市商务局", 4, LEXICON)
    assert one.line == "承办:乙市住建局，甲市商务局"


def test_a_name_with_spaces_is_completed_inside_its_quotes() -> None:
    spaced = {Field.STATE: (Name("in_progress", "In progress"), Name("closed", "Closed"))}
    [one] = complete('state:Closed,"In pr', 19, spaced, english=True)
    assert one.line == 'state:Closed,"In progress" '
