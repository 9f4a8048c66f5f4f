"""Acts that began before another one was committed: hosts and locks do not keep their order to the second."""

import datetime as dt

import pytest

from sla.ledger import LedgerError
from tests.conftest import MONDAY
from tests.support.people import actor
from tests.support.requests import ticket
from ticketing.domain.actors import Grant
from ticketing.domain.vocabulary import Role
from ticketing.services import dispatch, province
from ticketing.services.history import Act


def dispatched(before_it_came: dt.timedelta) -> str:
    one = ticket(body="希望关心。")
    act = Act(actor("dispatcher", Grant(Role.DISPATCHER)), MONDAY - before_it_came)
    dispatch.dispatch(one, "HRB-SWJ", act, province.current())
    return one.state


def test_seconds_are_forgiven() -> None:
    assert dispatched(dt.timedelta(seconds=3)) == "dispatched"


def test_hours_are_a_fault() -> None:
    with pytest.raises(LedgerError):
        dispatched(dt.timedelta(hours=1))
