"""Steps as forms take them in: what was typed becomes evidence, lists of experts become records."""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from flask import current_app

from sla.instants import ZONE
from ticketing.domain.committee import Drawn, Record
from ticketing.domain.errors import Invalid
from ticketing.domain.words import N_
from ticketing.models import CaseStep, CoordinationCase
from ticketing.services import case_pictures
from ticketing.services.attachments import Upload
from ticketing.services.case_files import Paper
from ticketing.services.case_steps import Proof
from ticketing.services.case_two_sided import HandedIn
from ticketing.web.forms.cases import Step, step_form
from ticketing.web.i18n import gettext as _

#: Lines offered beyond those that the plan asks for: people who declined.
SPARE = 3
COLUMNS = ("pool_number", "name", "unit", "speciality")


def form_of(case: CoordinationCase, row: CaseStep) -> Step:
    """Return the form of a step; where a file is attached it says what becomes of pictures."""
    form = step_form(row.checks)()
    if not row.secret and case_pictures.secret(case):
        form.files.description = _(
            "图片、PDF、Word、Excel 或文本。名单保密期间，图片、扫描件和带图片的文件加密保存，"
            "解除保密前只有有权看名单的人能打开；其他文件里不能有保密的姓名。"
        )
    return form


def proof(form: Step) -> Proof:
    """Return what was typed and uploaded for a step."""
    values = {
        name: field.data
        for name, field in form._fields.items()
        if name not in ("text", "files", "csrf_token")
    }
    for name, read in (("specialities", _specialities), ("avoid", _lines), ("missing", _missing)):
        if name in values:
            values[name] = read(values[name] or "")
    most = current_app.config["UPLOAD_MAX_BYTES"]
    papers = tuple(
        Paper(Upload(one.filename, one.read()), most) for one in form.files.data or () if one and one.filename
    )
    return Proof(form.text.data or "", values, papers)


def _lines(text: str) -> list[str]:
    return [line.strip() for line in text.splitlines() if line.strip()]


def _specialities(text: str) -> list[dict[str, str]]:
    """Read lines such as 桥梁工程 3."""
    found = []
    for line in _lines(text):
        name, _, count = line.replace("：", " ").replace(":", " ").replace("　", " ").rpartition(" ")
        if not name.strip():
            raise Invalid(N_("每行写专业和人数，例如：桥梁工程 3"), field="specialities")
        found.append({"name": name.strip(), "count": count.strip()})
    return found


def _missing(text: str) -> list[dict[str, str]]:
    """Read lines such as 消防验收意见 2026-01-31."""
    found = []
    for line in _lines(text):
        what, _, by = line.rpartition(" ")
        found.append({"what": what.strip(), "by": by.strip()})
    return found


@dataclass(frozen=True)
class Typed:
    """A list of experts as it stands on the page: lines of text, and how the draw was made."""

    lines: tuple[dict[str, str], ...]
    pool: str = ""
    pool_size: str = ""
    drawn_at: str = ""
    witness: str = ""


def blank(count: int, *, draw: bool) -> Typed:
    """Return an empty list with as many lines as are wanted."""
    line = {**dict.fromkeys(COLUMNS, ""), "declined": ""}
    return Typed(tuple(dict(line) for _ in range(count + (SPARE if draw else 0))))


def again(lines: Sequence[Drawn], blank: Typed) -> Typed:
    """Return a list that was handed in as the page shows it to be corrected."""
    filled = [
        {**{name: str(getattr(line.record, name)) for name in COLUMNS}, "declined": line.reason}
        for line in lines
    ]
    return replace(blank, lines=(*filled, *blank.lines[len(filled) :]))


def typed(values: Mapping[str, str], count: int, *, draw: bool) -> Typed:
    """Return what was typed; nothing of it goes into a draft or a log."""
    lines = tuple(
        {name: values.get(f"{name}-{place}", "").strip() for name in (*COLUMNS, "declined")}
        for place in range(count + (SPARE if draw else 0))
    )
    return Typed(
        lines, *(values.get(name, "").strip() for name in ("pool", "pool_size", "drawn_at", "witness"))
    )


def handed_in(found: Typed) -> HandedIn:
    """Return a list as one side hands it in.

    Raises:
        Invalid: the size of the pool or the time of the draw cannot be read.
    """
    filled = [line for line in found.lines if any(line[name] for name in COLUMNS)]
    lines = tuple(
        Drawn(
            order,
            Record(line["pool_number"], line["name"], line["unit"], line["speciality"]),
            accepted=not line["declined"],
            reason=line["declined"],
        )
        for order, line in enumerate(filled, start=1)
    )
    return HandedIn(lines, found.pool, _size(found.pool_size), _moment(found.drawn_at), found.witness)


def _size(text: str) -> int:
    if not text:
        return 0
    if not text.isascii() or not text.isdigit() or len(text) > 9:
        raise Invalid(N_("请填写数字。"), field="pool_size")
    return int(text)


def _moment(text: str) -> dt.datetime | None:
    if not text:
        return None
    try:
        return dt.datetime.fromisoformat(text).replace(tzinfo=ZONE, microsecond=0)
    except ValueError:
        raise Invalid(N_("请填写抽取时间，不能晚于现在。"), field="drawn_at") from None


def step_numbers(text: str, *, field: str) -> tuple[int, ...]:
    """Read numbers of steps, with commas of either kind between them.

    Raises:
        Invalid: something else stands there.
    """
    pieces = [
        piece.strip() for piece in text.replace("，", ",").replace("、", ",").split(",") if piece.strip()
    ]
    if not all(piece.isascii() and piece.isdigit() and len(piece) < 4 for piece in pieces):
        raise Invalid(N_("请写环节编号，例如 1,2。"), field=field)
    return tuple(int(piece) for piece in pieces)
