"""Words that could not be taken in because a session or a form's token had ended: handed back, never dropped.

After an ended session they wait as a visitor's draft, opened by a cookie of this browser, for whoever they belong to
to come in again; a stale token needs no waiting, the page that says so carries them.
"""

import datetime as dt
import re
from dataclasses import dataclass
from urllib.parse import urlsplit

from flask import request, session, url_for
from werkzeug.wrappers import Response

from ticketing.extensions import transaction
from ticketing.models import Draft
from ticketing.services import drafts
from ticketing.web.context import now

COOKIE = "unsent"
PAGE = "unsent"
#: Whoever comes back later begins anew: the next at the same computer may be somebody else.
WAITS = dt.timedelta(minutes=30)
#: Secrets are typed anew; the token is the page's own.
SECRETS = frozenset({"password", "code", "phone_tail"})
FIELD = "field:"
#: What is worth a page of its own: a sentence, or words in Chinese.
WORDS = re.compile(r"[\u4e00-\u9fff]|.{12}", re.DOTALL)


@dataclass(frozen=True)
class Unsent:
    """What was typed, by the names of its fields, and which fields held files."""

    path: str
    fields: dict[str, list[str]]
    files: list[str]

    @property
    def words(self) -> list[str]:
        """What a person wrote, to be read and copied."""
        return [one for values in self.fields.values() for one in values if WORDS.search(one)]


def typed() -> Unsent | None:
    """Return what this post brought; None where a page elsewhere may have sent it, or where it holds a secret."""
    if request.method != "POST" or not _from_here():
        return None
    kept = {name: values for name, values in request.form.lists() if name != "csrf_token"}
    if any(_plain(name) in SECRETS and any(values) for name, values in kept.items()):
        return None
    files = [name for name, sent in request.files.lists() if any(one.filename for one in sent)]
    found = Unsent(
        request.full_path.rstrip("?"), {n: v for n, v in kept.items() if _plain(n) not in SECRETS}, files
    )
    return found if any(one.strip() for values in found.fields.values() for one in values) else None


def _plain(name: str) -> str:
    """Return the name of a field without the prefix of its form."""
    return name.rpartition("-")[2]


def _from_here() -> bool:
    """Tell whether a page of ours sent this: another's words are not handed to anybody as their own."""
    said = request.headers.get("Origin") or request.headers.get("Referer") or ""
    return urlsplit(said).netloc == request.host


def keep(answer: Response, owner: str) -> Response:
    """Let the words of this post wait while their owner logs in: `ticket:7`, `person:3`, `staff:5`, or anybody."""
    found = typed()
    if found is None or not found.words:
        return answer
    with transaction():
        draft, token = drafts.begin(now(), page=PAGE)
        kept = {f"{FIELD}{name}": values for name, values in found.fields.items()}
        drafts.save(draft, {"path": found.path, "owner": owner, "files": found.files, **kept}, now())
    lives = int(WAITS.total_seconds())
    answer.set_cookie(COOKIE, token, max_age=lives, httponly=True, samesite="Lax", secure=request.is_secure)
    return answer


def waiting(owner: str) -> Draft | None:
    """Return the draft of this browser that waits for this owner, or for anybody."""
    token = request.cookies.get(COOKIE)
    draft = drafts.for_visitor(token) if token else None
    if draft is None or draft.page != PAGE or draft.updated_at < now() - WAITS:
        return None
    return draft if draft.data["owner"] in (owner, "") else None


def way_on(owner: str, otherwise: str) -> str:
    """Return where somebody goes on who has just come in: to the words that wait, if any do."""
    return url_for("unsent_page.show") if waiting(owner) else otherwise


def of_draft(draft: Draft) -> Unsent:
    """Return what waits in a draft."""
    fields = {
        name.removeprefix(FIELD): values for name, values in draft.data.items() if name.startswith(FIELD)
    }
    return Unsent(draft.data["path"], fields, draft.data["files"])


def owner(kind: str, key: str) -> str:
    """Return whom an ended session still names under a key, or nothing."""
    kept = session.get(key)
    return f"{kind}:{kept['id']}" if kept else ""


def here() -> str:
    """Return where to go on after a login: this page, or the one that posted, for a post leads nowhere by itself."""
    if request.method == "GET":
        return request.full_path.rstrip("?")
    return urlsplit(request.headers.get("Referer", "")).path if _from_here() else ""
