"""Names in the text layer of a printed paper are found before it goes where others read it."""

import pytest
from flask import Flask

from tests.support.cases import NAMES, Bridge, bridge
from ticketing.channels import press
from ticketing.domain.errors import Invalid
from ticketing.services import case_words

PDF = "application/pdf"


@pytest.fixture
def one(rolled_back: Flask) -> Bridge:
    case = bridge()
    case.draw()
    return case


def test_a_name_on_printed_paper_is_refused_on_the_case_and_on_its_ticket(one: Bridge) -> None:
    paper = press.pdf(f"<p>评标委员会：{NAMES[2]}，等五人</p>")
    for owner in (one.case, one.ticket):
        with pytest.raises(Invalid, match="姓名") as refused:
            case_words.check_file(owner, (PDF, "a.pdf", paper), "somebody")
        assert refused.value.field == "files"


def test_paper_without_a_name_is_taken(one: Bridge) -> None:
    paper = press.pdf("<p>评标委员会：诸葛先生，等五人</p>")
    case_words.check_file(one.case, (PDF, "a.pdf", paper), "somebody")


def test_paper_that_cannot_be_read_is_refused_where_names_are_secret(one: Bridge) -> None:
    with pytest.raises(Invalid, match="读不出来"):
        case_words.check_file(one.case, (PDF, "a.pdf", b"%PDF-1.7 nothing"), "somebody")
