"""Pictures and scans of a case whose names are secret reach nobody who may not read the names, until that is lifted."""

import io
import zipfile

import pytest
from PIL import Image
from pypdf import PdfWriter

from tests.support.cases import Bridge, begun_anew, bridge
from tests.support.requests import sent
from ticketing.domain.errors import Invalid
from ticketing.extensions import db
from ticketing.models import CaseFile
from ticketing.services import answer_drafts, attachments, case_files, case_pictures, case_steps
from ticketing.services.attachments import Added, Upload
from ticketing.services.case_files import Paper
from ticketing.services.case_steps import Proof

pytestmark = pytest.mark.usefixtures("rolled_back")


def picture() -> bytes:
    kept = io.BytesIO()
    Image.new("RGB", (8, 8), "white").save(kept, "PNG")
    return kept.getvalue()


def scan() -> bytes:
    """Return a paper whose page is no text."""
    kept, paper = io.BytesIO(), PdfWriter()
    paper.add_blank_page(200, 200)
    paper.write(kept)
    return kept.getvalue()


def document(*parts: str) -> bytes:
    kept = io.BytesIO()
    with zipfile.ZipFile(kept, "w") as box:
        for part in ("[Content_Types].xml", "word/document.xml", *parts):
            box.writestr(part, "<x>会议室已定</x>")
    return kept.getvalue()


WORD = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"


@pytest.fixture
def one() -> Bridge:
    """Return the bridge case as far as the room's step: a step that is not secret, while names are."""
    case = bridge()
    case.draw()
    case.enter()
    case.confirm()
    case.finish(6, "supervisor", none_interested=True, all_told=True)
    return case


def filed(one: Bridge, content: bytes, name: str = "现场.png") -> CaseFile:
    proof = Proof("测试情况", {}, (Paper(Upload(name, content), 1_000_000),))
    evidence = case_steps.file(one.case, 7, proof, one.act("operator"), one.province)
    return case_files.of_evidence([evidence.id])[0]


def attach(one: Bridge, content: bytes, name: str = "现场.png") -> None:
    attachments.add(
        one.ticket, Upload(name, content), Added("企业", one.now, public=True), most_bytes=1_000_000
    )


@pytest.mark.parametrize(
    ("kind", "content", "unread"),
    [
        ("image/png", picture(), True),
        ("application/pdf", scan(), True),
        ("application/pdf", b"%PDF-1.4 broken", True),
        (WORD, document("word/media/image1.png"), True),
        (WORD, document("word/embeddings/list.xlsx"), True),
        (WORD, document(), False),
        ("text/plain", b"words", False),
    ],
)
def test_a_file_whose_words_are_not_all_read_is_told(kind: str, content: bytes, unread: bool) -> None:
    assert case_pictures.unread(kind, content) is unread


def test_a_picture_of_a_step_is_sealed_for_those_who_may_read_the_names_until_the_lifting(
    one: Bridge,
) -> None:
    kept = filed(one, picture())
    assert kept.name == ""
    assert case_files.is_secret(one.case, kept)
    assert case_files.content_of(one.case, kept)[0] == "现场.png"
    assert attachments.content_of(kept) != picture()  # type: ignore[arg-type]  both name their blob alike
    one.finish(7, "operator")
    one.finish(8, "tenderer", reference="QQHR-2020-017")
    one.answer()
    assert not case_files.is_secret(one.case, kept)


def test_what_has_no_picture_is_filed_as_ever(one: Bridge) -> None:
    kept = filed(one, "设备正常".encode(), "记录.txt")
    assert kept.name == "记录.txt"
    assert not case_files.is_secret(one.case, kept)


def test_before_a_secret_step_begins_a_picture_is_a_picture() -> None:
    case = bridge(confirmed=False)
    assert not case_pictures.secret(case.case)
    assert not case_pictures.barred(case.ticket)
    attach(case, picture())


def test_the_request_takes_no_picture_while_names_are_secret_and_takes_them_again_after(one: Bridge) -> None:
    other = sent(one.now)
    with pytest.raises(Invalid, match="不能上传图片") as refused:
        attach(one, picture())
    assert refused.value.field == "files"
    attach(one, "已联系".encode(), "说明.txt")
    assert not case_pictures.barred(other)
    one.finish(7, "operator")
    one.finish(8, "tenderer", reference="QQHR-2020-017")
    one.answer()
    attach(one, picture())


def test_a_case_that_was_dissolved_with_its_names_keeps_its_request_from_pictures(one: Bridge) -> None:
    begun_anew(one)
    with pytest.raises(Invalid, match="不能上传图片"):
        attach(one, picture())


@pytest.mark.parametrize(("name", "content"), [("a.png", picture()), ("a.txt", "名单有欧阳静安".encode())])
def test_files_of_a_draft_of_an_answer_are_looked_at_when_they_go_out(
    one: Bridge, name: str, content: bytes
) -> None:
    act = one.act("supervisor")
    draft = answer_drafts.save(one.ticket, {"text": "已办"}, act)
    attachments.add(draft, Upload(name, content), Added("x", one.now, public=True), most_bytes=1_000_000)
    with pytest.raises(Invalid):
        answer_drafts.done(one.ticket, act)
    db.session.rollback()
