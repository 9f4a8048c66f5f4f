"""Query passwords on their way to the page that says them: in the reader's own signed session, for a while."""

import datetime as dt

from flask import session

KEY = "handed"
KEPT = dt.timedelta(minutes=30)


def keep(number: str, password: str, now: dt.datetime) -> None:
    """Hand a password over to the next page."""
    session[KEY] = {"number": number, "password": password, "until": int((now + KEPT).timestamp())}


def find(number: str, now: dt.datetime) -> str | None:
    """Return the password of this number, as long as its page may still be shown."""
    kept = session.get(KEY)
    if not kept or kept["number"] != number or kept["until"] < now.timestamp():
        return None
    return str(kept["password"])


def newest(now: dt.datetime) -> str | None:
    """Return the number whose page may still be shown."""
    kept = session.get(KEY)
    return str(kept["number"]) if kept and kept["until"] >= now.timestamp() else None
