"""What a draft of routing rules, or of a topic, would have done to the last months: its page, and the asking."""

from typing import Any

from flask import Blueprint, Response, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as Redirect

from ticketing.domain import line_diff, numbers
from ticketing.domain.actors import Actor
from ticketing.domain.errors import DomainError
from ticketing.domain.permissions import Permission
from ticketing.extensions import transaction
from ticketing.models import PolicyDraft, PolicyReplay
from ticketing.services import policies as drafts
from ticketing.services import policy_replays as service
from ticketing.services.directory_checks import TOPIC
from ticketing.web import directory_view, policies_view, router_view
from ticketing.web.context import act, now, province
from ticketing.web.guard import needs
from ticketing.web.i18n import gettext as _
from ticketing.web.i18n import sentence
from ticketing.web.moments import moment
from ticketing.web.requests import row_id
from ticketing.web.rows import news

policy_replays = Blueprint("policy_replays", __name__)


@policy_replays.get("/admin/policies/drafts/<int:draft_id>/replay")
@needs(Permission.SEE_POLICIES)
def show(draft_id: int) -> str:
    """Show what would have gone elsewhere, and how much of it to where it ended."""
    one = drafts.draft(draft_id, kinds=service.REPLAYED)
    rows, after = service.moved(draft_id, act().actor, request.args.get("after", type=row_id))
    return render_template(
        "admin/policy_replay.html",
        **_draft(one, act().actor),
        **_result(one, service.of(draft_id)),
        rows=[_move(row) for row in rows],
        newer=url_for("policy_replays.show", draft_id=draft_id) if "after" in request.args else "",
        older=url_for("policy_replays.show", draft_id=draft_id, after=after) if after else "",
        poll_url=url_for("policy_replays.gone_on", draft_id=draft_id),
        reload_url=url_for("policy_replays.show", draft_id=draft_id),
        ask_url=url_for("policy_replays.ask", draft_id=draft_id),
    )


def _draft(one: PolicyDraft, actor: Actor) -> dict[str, Any]:
    mine, open_now = one.author_id == actor.account_id, one.state == drafts.OPEN
    shared = {"mine": mine, "open": open_now, "state_word": "" if open_now else policies_view.ended(one)}
    if one.kind == TOPIC:
        return shared | {
            "heading": directory_view.name_of(TOPIC, one.base_version or ""),
            "back": directory_view.back(TOPIC),
            "draft_url": url_for("directory.draft", draft_id=one.id),
            "publish_url": url_for("directory.do", draft_id=one.id, verb="publish"),
            "current": one.looked_at is not None,
            "passages": [],
        }
    base = drafts.base_text(one)
    return shared | {
        "heading": policies_view.title(one),
        "back": policies_view.back(one.kind),
        "draft_url": url_for("policies.draft", draft_id=one.id),
        "publish_url": url_for("policies.do", draft_id=one.id, verb="publish"),
        "current": drafts.current_look(one, province()),
        "passages": line_diff.passages(base, one.text) if base else [],
    }


def _result(one: PolicyDraft, run: PolicyReplay | None) -> dict[str, Any]:
    figures = run.figures if run else {}
    looked = figures.get("looked", 0)
    counted = [
        (figures.get("moved", 0), _("件会改派"), "none"),
        (figures.get("to_end", 0), _("件改派到办结单位"), "ok"),
        (figures.get("from_end", 0), _("件离开办结单位"), "over"),
    ]
    return {
        "waiting": one.wanted_at is not None,
        "done": looked,
        "total": run.total if run else 0,
        "looked": moment(one.looked_at, now()) if one.looked_at else None,
        "seen": one.looked_at.isoformat() if one.looked_at else "",
        "figures": [
            {"value": value, "words": said, "level": level if value else "none"}
            for value, said, level in counted
        ],
        "shares": [(said, _beside(figures, name, looked)) for name, said in _shares()],
        "sampled": run.stride if run else 1,
    }


def _shares() -> list[tuple[str, str]]:
    return [
        ("right", _("首选就是办结单位")),
        ("auto", _("直接派出")),
        ("auto_right", _("直接派出并且派对")),
        ("abstained", _("交给派单员")),
    ]


def _beside(figures: dict[str, Any], name: str, looked: int) -> tuple[str, str]:
    old, new = (router_view.share(figures.get(f"{which}_{name}", 0), looked) for which in ("old", "new"))
    return old, new


def _move(row: Any) -> dict[str, str]:
    return {
        "number": numbers.shown(row.number),
        "subject": row.subject,
        "url": url_for("tickets.show", number=row.number),
        "words": router_view.move(row),
    }


@policy_replays.get("/admin/policies/drafts/<int:draft_id>/replay/news")
@needs(Permission.SEE_POLICIES)
def gone_on(draft_id: int) -> Response:
    """Say whether the replay that was asked for is there."""
    one = drafts.draft(draft_id, kinds=service.REPLAYED)
    return news(lambda: int(one.wanted_at is None))


@policy_replays.post("/admin/policies/drafts/<int:draft_id>/replay")
@needs(Permission.DRAFT_POLICY)
def ask(draft_id: int) -> Redirect:
    """Ask what the draft would have done."""
    try:
        with transaction():
            service.ask(drafts.draft(draft_id, lock=True, kinds=service.REPLAYED), act(), province())
    except DomainError as error:
        flash(sentence(error), "over")
    return redirect(url_for("policy_replays.show", draft_id=draft_id))
