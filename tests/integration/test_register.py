"""The business register: loaded by a command, brought up to date, wrong lines named; a demo to sign in to."""

from pathlib import Path

from flask import Flask

from tests.conftest import MONDAY
from ticketing.extensions import db
from ticketing.models import EnterpriseTicket, Membership, Person, RegisterEntry
from ticketing.services import demo, demo_enterprises, people, province

HEAD = "register_code,name,phone\n"
GOOD = "91230103MA1DEMX02P,昌盛食品,13604501234\n"


def load(app: Flask, folder: Path, text: str) -> tuple[int, str]:
    (folder / "register.csv").write_text(text)
    done = app.test_cli_runner().invoke(args=["enterprises", "load", str(folder / "register.csv")])
    return done.exit_code, done.output


def test_a_line_is_taken_over_and_brought_up_to_date(rolled_back: Flask, tmp_path: Path) -> None:
    assert load(rolled_back, tmp_path, HEAD + GOOD + "92230103MA1DEMX01H,老灶火锅店,\n")[0] == 0
    load(rolled_back, tmp_path, HEAD + GOOD.replace("昌盛食品", "昌盛食品集团"))
    rows = {row.register_code[-3:]: (row.name, row.phone) for row in RegisterEntry.query}
    assert rows == {"02P": ("昌盛食品集团", "+8613604501234"), "01H": ("老灶火锅店", None)}


def test_a_wrong_line_is_named(rolled_back: Flask, tmp_path: Path) -> None:
    code, said = load(rolled_back, tmp_path, HEAD + GOOD + "91230103MA1DEMX02X,错码,\n")
    assert (code, "Line 3" in said) == (1, True)
    assert "register_code" in load(rolled_back, tmp_path, "code,name\n")[1]


def test_the_demo_has_an_enterprise_with_two_people(rolled_back: Flask) -> None:
    folder = rolled_back.config["PROVINCE_PACK"]
    demo.load(folder, MONDAY, province.current())
    for told in demo_enterprises.shown(folder):
        person = people.with_password(told["phone"], demo.PASSWORD, "127.0.0.1", MONDAY)
        assert person is not None
        assert [one.enterprise.name for one in person.memberships] == [told["enterprise"]]
    assert db.session.query(Person).count() == 2
    assert sorted(one.role for one in Membership.query) == ["clerk", "manager"]
    assert EnterpriseTicket.query.count() == 1


def test_the_command_prints_whom_one_may_sign_in_as(rolled_back: Flask) -> None:
    said = rolled_back.test_cli_runner().invoke(args=["demo", "accounts"]).output
    assert "13604501234" in said
    assert "13604505678" in said
