"""Two texts side by side: nothing is lost, and only what differs is marked."""

import pytest

from ticketing.domain.diff import Chunk, Piece, Side, chunks, merged

MINE = "贵店的复工备案已受理。请补交营业执照复印件。三个工作日内办结。"
THEIRS = "贵店的复工备案已受理。请补交营业执照和申请表。三个工作日内办结。\n有问题请拨打 12345。"
PAIRS = [
    (MINE, THEIRS), ("", THEIRS), (MINE, ""), (MINE, MINE), ("甲。\n\n乙", "甲。\n乙\n"),
    ("no marks", "no mark"), ("。。", "。"),
]  # fmt: skip


@pytest.mark.parametrize(("mine", "theirs"), PAIRS)
def test_both_texts_come_out_of_the_chunks_whole(mine: str, theirs: str) -> None:
    parts = chunks(mine, theirs)
    assert ("".join(one.mine for one in parts), "".join(one.theirs for one in parts)) == (mine, theirs)
    for one in parts:
        pieces = one.pieces()
        assert "".join(piece.text for piece in pieces if piece.side is not Side.THEIRS) == one.mine
        assert "".join(piece.text for piece in pieces if piece.side is not Side.MINE) == one.theirs


def test_only_the_characters_that_differ_are_marked() -> None:
    [_first, changed, _third, _added] = chunks(MINE, THEIRS)
    assert [one for one in changed.pieces() if one.side is not Side.BOTH] == [
        Piece(Side.MINE, "复印件"), Piece(Side.THEIRS, "和申请表"),
    ]  # fmt: skip


def test_a_number_is_changed_as_a_whole() -> None:
    pieces = Chunk("请拨打 12345。", "请拨打 12380。").pieces()
    assert [one.text for one in pieces] == ["请拨打 ", "12345", "12380", "。"]
    [_name, old, new] = Chunk("auto: 0.75", "auto: 0.95").pieces()
    assert (old.text, new.text) == ("0.75", "0.95")


@pytest.mark.parametrize(
    ("chosen", "text"),
    [
        ({}, MINE),
        ({1: "theirs", 3: "theirs"}, THEIRS),
        ({1: "mine", 3: "theirs"}, MINE + "\n有问题请拨打 12345。"),
        ({1: "both"}, MINE.replace("复印件。", "复印件。请补交营业执照和申请表。")),
    ],
)
def test_what_was_chosen_is_put_together(chosen: dict[int, str], text: str) -> None:
    parts = chunks(MINE, THEIRS)
    assert merged(parts, chosen) == text


def test_very_long_texts_that_share_nothing_are_shown_whole() -> None:
    [one] = chunks("甲" * 20_000, "乙" * 20_000)
    assert [piece.side for piece in one.pieces()] == [Side.MINE, Side.THEIRS]
