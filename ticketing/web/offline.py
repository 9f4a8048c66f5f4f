"""The form for calls while the server is away: installed once, filled in without us, synchronised later."""

import datetime as dt
from typing import Any

from flask import Blueprint, Response, flash, jsonify, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as Redirect

from ticketing.domain import numbers
from ticketing.domain.errors import DomainError, InvalidFields
from ticketing.domain.permissions import Permission
from ticketing.extensions import transaction
from ticketing.services import offline as service
from ticketing.web import choices, spoken
from ticketing.web.context import act, now, province
from ticketing.web.guard import needs, open_to_all
from ticketing.web.i18n import gettext as _
from ticketing.web.i18n import sentence
from ticketing.web.moments import moment

offline = Blueprint("offline", __name__, url_prefix="/desk/offline")
#: What the page needs when nobody answers.
ASSETS = (
    "css/tokens.css", "css/base.css", "css/components.css", "css/desk.css", "css/calls.css", "css/print.css",
    "js/theme.js", "js/copy.js", "js/dialog.js", "js/offline.js", "img/favicon.svg",
)  # fmt: skip
MOST = 200


@offline.get("/")
@needs(Permission.REGISTER)
def form() -> str:
    """Show the form; from here on the browser keeps it."""
    return render_template(
        "offline/form.html",
        hotlines=[(str(one.value), str(one.label)) for one in choices.hotlines(province())],
        blocks=[_block(row) for row in service.blocks_of(act().actor.account_id or 0)],
        urls={name: url_for(f"offline.{name}") for name in ("block", "sync", "worker", "manifest")},
    )


def _block(row: Any) -> dict[str, Any]:
    one = row.NumberBlock
    return {
        "issued": moment(one.issued_at, now()),
        "used": row.used,
        "size": one.size,
        "withdrawn": one.withdrawn_at is not None,
        "withdraw_url": url_for("offline.withdraw", block_id=one.id),
    }


@offline.post("/block")
@needs(Permission.REGISTER)
def block() -> Response:
    """Hand a block of numbers and passwords to the browser, once; it keeps them behind a passphrase."""
    with transaction():
        issued = service.issue(act())
    pairs = [
        {
            "number": number,
            "shown": numbers.shown(number),
            "spoken": spoken.number(number),
            "password": password,
            "password_spoken": spoken.password(password),
        }
        for number, password in issued.pairs
    ]
    return jsonify(block=issued.block_id, numbers=pairs)


@offline.post("/sync")
@needs(Permission.REGISTER)
def sync() -> tuple[Response, int] | Response:
    """Take in what was written down; each entry has an answer of its own, and a refused one costs only itself."""
    sent = request.get_json(silent=True)
    entries = sent.get("entries") if isinstance(sent, dict) else None
    if sent is None or not isinstance(entries, list) or len(entries) > MOST:
        return jsonify(message=_("请求的内容读不懂。")), 400
    behind = service.skew(sent.get("now"), now())
    return jsonify(results=[_taken(one if isinstance(one, dict) else {}, behind) for one in entries])


def _taken(entry: dict[str, Any], behind: dt.timedelta) -> dict[str, str]:
    identifier = str(entry.get("id", ""))[:40]
    try:
        with transaction():
            taken = service.take_in(entry, act(), province(), behind=behind)
    except InvalidFields as refusal:
        return {"id": identifier, "status": "refused", "message": " ".join(map(sentence, refusal.problems))}
    except DomainError as refusal:
        return {"id": identifier, "status": "refused", "message": sentence(refusal)}
    return {
        "id": identifier,
        "status": "again" if taken.again else "filed",
        "number": numbers.shown(taken.number),
        "url": url_for("tickets.show", number=taken.number),
    }


@offline.post("/blocks/<int:block_id>/withdraw")
@needs(Permission.REGISTER)
def withdraw(block_id: int) -> Redirect:
    """Make the rest of a block worthless."""
    with transaction():
        service.withdraw(block_id, act())
    flash(_("号段已作废，没用过的编码不能再用。"), "ok")
    return redirect(url_for("offline.form"))


@offline.get("/worker.js")
@open_to_all
def worker() -> Response:
    """The service worker of this folder alone; it keeps the form and nothing else."""
    script = render_template("offline/worker.js", assets=ASSETS, form=url_for("offline.form"))
    return Response(script, mimetype="text/javascript", headers={"Cache-Control": "no-cache"})


@offline.get("/manifest.webmanifest")
@open_to_all
def manifest() -> Response:
    """What a browser needs to install the form."""
    told = {
        "name": _("离线来电登记"),
        "short_name": _("离线登记"),
        "start_url": url_for("offline.form"),
        "scope": url_for("offline.form"),
        "display": "standalone",
        "icons": [
            {"src": url_for("static", filename="img/favicon.svg"), "sizes": "any", "type": "image/svg+xml"}
        ],
    }
    answer = jsonify(told)
    answer.mimetype = "application/manifest+json"
    return answer
