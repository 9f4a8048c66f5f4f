"""Files: told by their content, photographs without their place, equal bytes once; drafts that end."""

import io
import zipfile

import pytest
from PIL import Image
from sqlalchemy import func, select

from tests.conftest import MONDAY, FrozenClock
from tests.support.requests import sent
from ticketing.domain.errors import Invalid
from ticketing.extensions import db
from ticketing.models import Attachment, Blob, Draft
from ticketing.services import attachments, attachments_gif, drafts
from ticketing.services.attachments import Added, Upload

ADDED = Added("企业", MONDAY, public=True)
MEGABYTE = 1024 * 1024


def photo(width: int = 40, *, kind: str = "JPEG") -> bytes:
    exif = Image.Exif()
    exif[0x8825] = {1: "N", 2: (45.0, 48.0, 0.0)}
    exif[0x0110] = "Telephone"
    out = io.BytesIO()
    Image.new("RGB", (width, 30), "red").save(out, format=kind, exif=exif)
    return out.getvalue()


def keep(name: str, content: bytes, most: int = MEGABYTE) -> Attachment:
    return attachments.add(sent(), Upload(name, content), ADDED, most_bytes=most)


def test_a_photograph_loses_where_it_was_taken() -> None:
    row = keep("现场.jpg", photo())
    with Image.open(io.BytesIO(attachments.content_of(row))) as picture:
        assert dict(picture.getexif()) == {}
    assert row.content_type == "image/jpeg"


def moving(*, secret: bytes = b"") -> bytes:
    """Return a GIF of two frames that plays again; with `secret` in each place where data can hide."""
    out = io.BytesIO()
    frames = [Image.new("RGB", (20, 10), colour) for colour in ("red", "blue")]
    frames[0].save(out, format="GIF", save_all=True, append_images=frames[1:], duration=80, loop=3)
    content = out.getvalue()
    if not secret:
        return content
    piece = bytes([len(secret)]) + secret + b"\0"
    hidden = b"!\xfe" + piece + b"!\xff\x0bXMP DataXMP" + piece + b"!\x01" + piece
    first = 13 + (3 << ((content[10] & 7) + 1) if content[10] & 0x80 else 0)
    return content[:first] + hidden + content[first:] + secret


def test_a_moving_picture_loses_what_is_not_drawn_and_still_moves() -> None:
    kept = attachments.content_of(keep("现场.gif", moving(secret=b"45.8N 126.5E")))
    assert b"45.8N" not in kept
    assert kept == attachments_gif.plain(kept)
    with Image.open(io.BytesIO(kept)) as picture:
        assert (picture.n_frames, picture.info["duration"], picture.info["loop"]) == (2, 80, 3)


def test_a_plain_gif_keeps_its_bytes() -> None:
    assert attachments_gif.plain(moving()) == moving()


@pytest.mark.parametrize("content", [moving()[:-40], moving()[:12], moving()[:-1] + b"\x07;"])
def test_a_broken_gif_is_refused(content: bytes) -> None:
    with pytest.raises(Invalid, match="打不开"):
        keep("x.gif", content)


def test_the_content_decides_and_not_the_name() -> None:
    assert keep("材料.pdf", photo(kind="PNG")).content_type == "image/png"
    assert keep("说明.txt", "第一行\n".encode()).content_type == "text/plain"


@pytest.mark.parametrize(
    "content",
    [
        b"MZ\x90\x00\x03 a program",
        b"<html><script>alert(1)</script>",
        b"<svg xmlns='http://www.w3.org/2000/svg'/>",
        b"\xff\xd8\xff\xe0 not a picture at all",
        b"#!/bin/sh\0",
    ],
)
def test_what_is_not_taken_is_refused_by_name(content: bytes) -> None:
    with pytest.raises(Invalid, match=r"照片\.jpg") as told:
        keep("照片.jpg", content)
    assert told.value.field == "files"


def test_a_plain_archive_is_no_document() -> None:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("x.txt", "x")
    with pytest.raises(Invalid):
        keep("材料.docx", out.getvalue())


@pytest.mark.parametrize(("content", "most"), [(b"", MEGABYTE), (photo(), 10)])
def test_empty_and_too_large_are_refused(content: bytes, most: int) -> None:
    with pytest.raises(Invalid):
        keep("x.jpg", content, most)


def test_a_bomb_does_not_go_off() -> None:
    out = io.BytesIO()
    Image.new("1", (20_000, 20_000)).save(out, format="PNG")
    with pytest.raises(Invalid, match="打不开"):
        keep("炸弹.png", out.getvalue())


def test_a_picture_that_unpacks_to_hundreds_of_megabytes_is_refused() -> None:
    out = io.BytesIO()
    Image.new("1", (8_000, 7_000)).save(out, format="PNG")
    with pytest.raises(Invalid, match="打不开"):
        keep("大图.png", out.getvalue())


@pytest.mark.parametrize(
    ("name", "content", "kept"),
    [
        ("run.bat", b"del *.*", "run.bat.txt"),
        ("list.CSV", b"a,b", "list.CSV"),
        ("page.html", b"plain words", "page.html.txt"),
        ("photo", photo(), "photo.jpg"),
        ("photo.exe", photo(), "photo.exe.jpg"),
    ],
)
def test_a_name_ends_as_its_content_is(name: str, content: bytes, kept: str) -> None:
    assert keep(name, content).name == kept


@pytest.mark.parametrize(
    ("name", "kept"),
    [
        ("../../etc/passwd", "passwd"),
        ("C:\\temp\\合同.pdf", "合同.pdf"),
        ('a"b<c>|d.png', "a_b_c_d.png"),
        ("\x00", "_"),
        ("照片\u202egpj.exe", "照片_gpj.exe"),
        ("", "file"),
        ("长" * 300 + ".jpg", "长" * 120 + ".jpg"),
    ],
)
def test_names_are_made_harmless(name: str, kept: str) -> None:
    assert attachments.clean_name(name) == kept


def test_equal_bytes_are_kept_once_and_go_with_the_last() -> None:
    one, two = keep("a.txt", b"same"), keep("b.txt", b"same")
    assert db.session.scalar(select(func.count()).select_from(Blob)) == 1
    attachments.drop([one])
    assert attachments.content_of(two) == b"same"
    attachments.drop([two])
    assert db.session.scalar(select(func.count()).select_from(Blob)) == 0


def test_a_draft_is_opened_by_its_secret_alone_and_ends_with_its_files(clock: FrozenClock) -> None:
    draft, token = drafts.begin(clock.now)
    drafts.save(draft, {"body": "字\0"}, clock.now)
    attachments.add(draft, Upload("a.txt", b"x"), ADDED, most_bytes=9)
    assert drafts.for_visitor(token) is draft
    assert drafts.for_visitor("guess") is None
    assert (draft.data["body"], token not in draft.token) == ("字", True)
    assert drafts.drop_old(clock.forward(days=6)) == 0
    assert drafts.drop_old(clock.forward(days=2)) == 1
    assert db.session.scalars(select(Draft)).all() == db.session.scalars(select(Blob)).all() == []


def test_lists_in_a_draft_are_cleaned_too(clock: FrozenClock) -> None:
    draft, _ = drafts.begin(clock.now)
    drafts.save(draft, {"reached": ["a\0", "b"], "body": "长" * 30_000}, clock.now)
    db.session.flush()
    assert (draft.data["reached"], len(draft.data["body"])) == (["a", "b"], drafts.VALUE_MOST)
