"""Words that could not be taken in because a session or a form's token had ended: handed back, never dropped.

After an ended session they wait as a visitor's draft, opened by a cookie of this browser, for whoever they belong to
to come in again; a stale token needs no waiting, the page that says so carries them.
"""

import datetime as dt
import re
from collections.abc import Iterator
from dataclasses import dataclass
from urllib.parse import urlsplit

from flask import current_app, request, session, url_for
from werkzeug.exceptions import RequestEntityTooLarge
from werkzeug.sansio.multipart import Data, Epilogue, Event, Field, File, MultipartDecoder, NeedData
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
#: What is read of a body that is too large, so that its sender hears the answer; in such pieces.
READ_MOST, CHUNK = 512 * 1024 * 1024, 256 * 1024
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
    files = [name for name, sent in request.files.lists() if any(one.filename for one in sent)]
    return _worth(dict(request.form.lists()), files)


def of_large() -> Unsent | None:
    """Return the words of a post whose files were too large to take in; the files are read past and kept nowhere."""
    boundary = request.mimetype_params.get("boundary", "")
    if request.mimetype != "multipart/form-data" or not boundary or not _from_here():
        return None
    decoder = MultipartDecoder(boundary.encode(), current_app.config["MAX_FORM_MEMORY_SIZE"])
    try:
        return _worth(*_parts(_events(decoder)))
    except (ValueError, RequestEntityTooLarge):  # no form at all, or text that is too long itself
        return None


def _parts(events: Iterator[Event]) -> tuple[dict[str, list[str]], list[str]]:
    """Return the texts of a form, and the names of the fields in which files came."""
    fields: dict[str, list[bytearray]] = {}
    files: dict[str, None] = {}
    name, text = "", False
    for event in events:
        if isinstance(event, Field | File):
            name, text = event.name or "", isinstance(event, Field)
        if isinstance(event, Field):
            fields.setdefault(name, []).append(bytearray())
        elif isinstance(event, File) and event.filename:
            files[name] = None
        elif isinstance(event, Data) and text:
            fields[name][-1] += event.data
    said = {name: [bytes(one).decode(errors="replace") for one in values] for name, values in fields.items()}
    return said, list(files)


def _events(decoder: MultipartDecoder) -> Iterator[Event]:
    """Take a body apart as it comes in; past all measure it is not read to its end."""
    stream, left = request.environ["wsgi.input"], min(request.content_length or 0, READ_MOST)
    while left > 0 and (chunk := stream.read(min(CHUNK, left))):
        left -= len(chunk)
        decoder.receive_data(chunk)
        while not isinstance(event := decoder.next_event(), NeedData | Epilogue):
            yield event


def _worth(said: dict[str, list[str]], files: list[str]) -> Unsent | None:
    kept = {name: values for name, values in said.items() if name != "csrf_token"}
    if any(_plain(name) in SECRETS and any(values) for name, values in kept.items()):
        return None
    fields = {name: values for name, values in kept.items() if _plain(name) not in SECRETS}
    if not any(one.strip() for values in fields.values() for one in values):
        return None
    return Unsent(request.full_path.rstrip("?"), fields, files)


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
