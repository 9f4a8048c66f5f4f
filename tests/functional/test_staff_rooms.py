"""Every room of colleagues has the desk's frame: the rail with the rooms, and the account's language."""

from flask import Flask

from ticketing.domain.permissions import Permission
from ticketing.web.i18n import STAFF_ROOMS

#: The form that works without a connection, and the enterprises' own rooms, whose frame is the public's.
OWN_FRAME = frozenset({"offline", "my", "my_people", "own"})


def test_every_room_that_needs_a_permission_is_in_the_desks_frame(rolled_back: Flask) -> None:
    guarded = {
        name.partition(".")[0]
        for name, view in rolled_back.view_functions.items()
        if isinstance(getattr(view, "permission", None), Permission)
    }
    assert guarded - STAFF_ROOMS - OWN_FRAME == set()
