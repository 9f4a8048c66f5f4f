"""The province as services see it."""

from ticketing.services import province


def test_the_pack_is_there_with_every_hotline_and_bureau() -> None:
    current = province.current()
    assert len(current.directory.hotlines) == 59
    assert len(current.directory.bureaus) == 359
    assert current.centre_code == "HLJ-YSJ"


def test_the_snapshot_is_shared_until_a_pack_is_loaded() -> None:
    first = province.current()
    province.forget()
    assert province.current() is first
