"""Numbers, telephones, register codes, text: what is taken, what is told."""

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ticketing.domain import numbers
from ticketing.domain.contact import mask_email, mask_name, mask_phone, mask_text, parse_phone
from ticketing.domain.errors import Invalid
from ticketing.domain.register_code import check_character, parse_register_code
from ticketing.domain.text import beginning, clean, limited, require

NOW = dt.datetime(2020, 6, 7, 17, 0, tzinfo=dt.UTC)
issued = st.integers(0, 999_999).map(lambda serial: numbers.issue(NOW, serial))


def test_a_number_carries_the_local_day() -> None:
    assert numbers.shown(numbers.issue(NOW, 123)).startswith("200608-000123-")


@given(number=issued, place=st.integers(0, 12), other=st.integers(1, 9))
def test_each_mistyped_digit_is_noticed(number: str, place: int, other: int) -> None:
    wrong = number[:place] + str((int(number[place]) + other) % 10) + number[place + 1 :]
    with pytest.raises(Invalid, match="可能输错"):
        numbers.parse(wrong)


@given(number=issued, place=st.integers(0, 11))
def test_swapped_neighbours_are_noticed(number: str, place: int) -> None:
    a, b = number[place], number[place + 1]
    if a != b:
        with pytest.raises(Invalid):
            numbers.parse(number[:place] + b + a + number[place + 2 :])


@given(number=issued)
def test_dashes_blanks_and_full_width_are_forgiven(number: str) -> None:
    wide = "".join(chr(ord(digit) + 0xFEE0) for digit in number)
    for typed in (numbers.shown(number), f" {number} ", wide):
        assert numbers.parse(typed) == number


@pytest.mark.parametrize("typed", ["", "123", "20060700012３x", "1" * 14])
def test_what_is_no_number_is_told_with_an_example(typed: str) -> None:
    with pytest.raises(Invalid, match="例如 200607-000123-9"):
        numbers.parse(typed)


def test_the_example_that_people_are_shown_is_right() -> None:
    assert numbers.parse("200607-000123-9") == "2006070001239"


@pytest.mark.parametrize(
    ("typed", "e164", "extension"),
    [
        ("13904510021", "+8613904510021", ""),
        ("+86 139-0451-0021", "+8613904510021", ""),
        ("１３９ ０４５１ ００２１", "+8613904510021", ""),
        ("0451-87001234", "+8645187001234", ""),
        ("0451-87001234-8001", "+8645187001234", "8001"),
        ("045187001234转8001", "+8645187001234", "8001"),
        ("0451-87001234 ext 12", "+8645187001234", "12"),
        ("400-123-4567", "+864001234567", ""),
        ("+7 495 123-45-67", "+74951234567", ""),
    ],
)
def test_telephones_are_taken_as_people_write_them(typed: str, e164: str, extension: str) -> None:
    phone = parse_phone(typed)
    assert (phone.e164, phone.extension) == (e164, extension)


@pytest.mark.parametrize("typed", ["", "12", "你好", "1390451002", "99999999999999", "139\x000451"])
def test_what_nobody_could_dial_is_told(typed: str) -> None:
    with pytest.raises(Invalid) as told:
        parse_phone(typed)
    assert told.value.field == "phone"


def test_masks_hide_what_they_should_and_not_more() -> None:
    assert mask_phone("+8613904510021") == "139****0021"
    assert mask_phone("12345") == "****"
    assert mask_name("欧阳锋") == "欧**"
    assert mask_email("zhang@example.com") == "z***@example.com"
    assert mask_text("电话13904510021，证号230102198001011234，第1390451002号") == (
        "电话139****0021，证号230102********1234，第1390451002号"
    )


@pytest.mark.parametrize("typed", ["+8613904510021", "8613904510021", "139 0451 0021", "139-0451-0021"])
def test_a_mobile_number_is_masked_however_it_is_written(typed: str) -> None:
    assert mask_text(f"'To' number {typed} is not valid") == "'To' number 139****0021 is not valid"


def test_register_codes_are_checked_by_their_last_character() -> None:
    stem = "91230100MA1B12345"
    code = stem + check_character(stem)
    assert parse_register_code(code.lower()) == code
    assert parse_register_code("") == ""
    with pytest.raises(Invalid):
        parse_register_code(stem + ("0" if check_character(stem) != "0" else "1"))


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("a\x00b\r\nc\rd", "ab\nc\nd"),
        ("  \u3000前后空白\u3000 ", "前后空白"),
        ("急🔥👨‍👩‍👧", "急🔥👨‍👩‍👧"),
        ("<b>原样</b>", "<b>原样</b>"),
        ("\ud800坏", "坏"),
        ("Ａ１全角", "Ａ１全角"),
    ],
)
def test_text_keeps_words_and_loses_control_characters(typed: str, kept: str) -> None:
    assert clean(typed) == kept


def test_limits_say_how_long_it_is() -> None:
    with pytest.raises(Invalid, match="最多 3 个字，现在有 5 个"):
        limited("一二三四五", field="body", most=3)
    with pytest.raises(Invalid, match="不能为空"):
        require(" \n", field="body", most=3)


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("食品经营许可证\n怎么续期？", "食品经营许可证 怎么续期？"),
        ("我们开面馆，许可证到期，窗口说系统一直在维护办不了续期，已经跑了三趟了，请处理一下这件事",
         "我们开面馆，许可证到期，窗口说系统一直在维护办不了续期，已经跑了三趟了"),
        ("好，" + "长" * 60, "好，" + "长" * 37 + "…"),
    ],
)  # fmt: skip
def test_a_request_without_a_subject_is_called_by_its_first_clauses(text: str, shown: str) -> None:
    assert beginning(text) == shown
