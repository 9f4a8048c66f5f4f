"""值班表: kept by supervisors and administrators, read by those who are on it."""

import datetime as dt
from typing import TypeVar

from flask import Blueprint, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as Redirect
from wtforms.fields.choices import SelectChoice

from ticketing.domain.clock import local
from ticketing.domain.errors import DomainError, Invalid, NotFound
from ticketing.domain.permissions import Permission
from ticketing.domain.words import N_
from ticketing.extensions import transaction
from ticketing.models import DutyGroup, Handover
from ticketing.services import accounts, duty_gaps
from ticketing.services import duty as rosters
from ticketing.services import duty_keeping as keeping
from ticketing.web import choices, duty_view
from ticketing.web.context import now, province
from ticketing.web.forms import duty as forms
from ticketing.web.forms.base import Form, option
from ticketing.web.guard import needs
from ticketing.web.i18n import gettext as _

duty = Blueprint("duty", __name__)
#: Weeks are shown so far back and ahead.
YEARS = 5
#: A dash at which no line breaks.
WHOLE = "\u2060-\u2060"
Page = str | tuple[str, int] | Redirect


@duty.get("/duty")
@needs(Permission.KEEP_ROSTER)
def overview() -> str:
    """Show who is on now in each group, and where nobody will be."""
    return render_template(
        "duty/overview.html",
        gaps=duty_view.gaps(duty_gaps.open_gaps(now())),
        rows=duty_view.overview(rosters.load(now(), now(), province())),
        add_url=url_for("duty.add"),
        leave_url=url_for("duty.leave"),
    )


def _lines() -> list[SelectChoice]:
    """Return the hotlines as boxes side by side; a number does not break at its dash."""
    found = choices.hotlines(province())
    return [option(str(one.value), str(one.label).replace("-", WHOLE)) for one in found]


@duty.route("/duty/groups/new", methods=["GET", "POST"])
@needs(Permission.KEEP_ROSTER)
def add() -> Page:
    """Make a group."""
    form = forms.Group()
    form.lines.choices = _lines()
    if form.validate_on_submit():
        try:
            with transaction():
                row = keeping.make_group(form.name_zh.data, form.name_en.data, is_desk=form.is_desk.data)
                _settle(row, form)
                made = row.id
        except DomainError as error:
            form.show(error)
        else:
            return redirect(url_for("duty.group", group_id=made))
    return drawn("duty/settings.html", form, heading=_("新建值班组"), back=back())


@duty.route("/duty/groups/<int:group_id>/settings", methods=["GET", "POST"])
@needs(Permission.KEEP_ROSTER)
def settings(group_id: int) -> Page:
    """Change the name, the members and the lines of a group."""
    row = keeping.group(group_id)
    now_on = _loaded(group_id)
    form = forms.Group(data=None if request.method == "POST" else _values(row, now_on))
    form.lines.choices = _lines()
    if form.validate_on_submit():
        try:
            with transaction():
                row = keeping.group(group_id)
                keeping.rename(row, form.name_zh.data, form.name_en.data)
                _settle(row, form)
        except DomainError as error:
            form.show(error)
        else:
            flash(_("已保存。"), "ok")
            return redirect(url_for("duty.group", group_id=group_id))
    del form.is_desk
    back = {"words": duty_view.named(now_on), "url": url_for("duty.group", group_id=group_id)}
    return drawn("duty/settings.html", form, heading=_("成员和热线"), back=back)


def _values(row: DutyGroup, group: rosters.Group) -> dict[str, object]:
    names = accounts.usernames(group.members)
    return {
        "name_zh": row.name_zh,
        "name_en": row.name_en,
        "members": "\n".join(names[one] for one in group.members),
        "lines": list(group.lines),
    }


def _settle(row: DutyGroup, form: forms.Group) -> None:
    keeping.set_members(row, _accounts(form.members.data or ""))
    keeping.set_lines(row, form.lines.data or [])


def _accounts(typed: str) -> list[int]:
    """Return the accounts of the user names, one a line.

    Raises:
        Invalid: at `members`, naming the one that nobody has.
    """
    wanted = [line.strip() for line in typed.splitlines() if line.strip()]
    known = accounts.ids_of(wanted)
    for name in wanted:
        if name not in known:
            raise Invalid(N_("没有账号 %(name)s。"), field="members", name=name)
    return [known[name] for name in wanted]


def _loaded(group_id: int) -> rosters.Group:
    """Return a group as loaded around now.

    Raises:
        NotFound: there is none.
    """
    found = rosters.load(now(), now(), province()).groups.get(group_id)
    if found is None:
        raise NotFound
    return found


@duty.get("/duty/groups/<int:group_id>")
@needs(Permission.KEEP_ROSTER)
def group(group_id: int) -> Page:
    """Show a week of a group, with what can be changed in it."""
    return _week(group_id)


def _week(group_id: int, pattern: forms.Pattern | None = None, change: forms.Change | None = None) -> Page:
    first = duty_view.monday(_first())
    loaded = rosters.load(duty_view.midnight(first), duty_view.midnight(first) + duty_view.WEEK, province())
    if group_id not in loaded.groups:
        raise NotFound
    one = loaded.groups[group_id]
    names = rosters.names(one.members)
    today = local(now()).date()
    new = {"since": today, "day": today}
    pattern = pattern or _people(forms.Pattern(formdata=None, data=new, prefix="p-"), names)
    change = change or _people(forms.Change(formdata=None, data=new, prefix="c-"), names)
    failed = any(form.errors or form.form_errors for form in (pattern, change))
    page = render_template(
        "duty/group.html",
        heading=duty_view.named(one),
        lines=duty_view.line_names(one),
        is_desk=one.is_desk,
        people=next(
            row["people"] for row in duty_view.overview(loaded) if row["url"].endswith(f"/{group_id}")
        ),
        week=duty_view.week(loaded, one, first),
        weeks=_weeks(group_id, first),
        shifts=duty_view.shifts(group_id, keeping.shifts_of(group_id, today), names),
        changes=duty_view.changes(group_id, keeping.exceptions_of(group_id, today), names),
        pattern=pattern,
        change=change,
        pattern_url=url_for("duty.add_shift", group_id=group_id, week=first),
        change_url=url_for("duty.add_change", group_id=group_id, week=first),
        settings_url=url_for("duty.settings", group_id=group_id),
        handovers=duty_view.handovers(rows := keeping.of_group(group_id), people_in(rows), loaded.groups),
        back=back(),
    )
    return (page, 422) if failed else page


def people_in(rows: list[Handover]) -> dict[int, str]:
    """Return the names of those who handed over and took over."""
    return rosters.names(account for row in rows for account in (row.from_id, row.to_id))


def _first() -> dt.date:
    """Return a day of the week that is asked for; nonsense, and years that no calendar reaches, are today."""
    today = local(now()).date()
    try:
        asked = dt.date.fromisoformat(request.args.get("week", ""))
    except ValueError:
        return today
    return asked if abs(asked.year - today.year) <= YEARS else today


def _weeks(group_id: int, first: dt.date) -> dict[str, str]:
    """Return the addresses around a week."""
    before, after = ((first + n * duty_view.WEEK).isoformat() for n in (-1, 1))
    here = {"group_id": group_id}
    return {
        "before": url_for("duty.group", week=before, **here),
        "this": url_for("duty.group", **here),
        "after": url_for("duty.group", week=after, **here),
    }


F = TypeVar("F", forms.Pattern, forms.Change)


def _people(form: F, names: dict[int, str]) -> F:
    form.account.choices = [option(str(one), name) for one, name in names.items()]
    return form


@duty.post("/duty/groups/<int:group_id>/shifts")
@needs(Permission.KEEP_ROSTER)
def add_shift(group_id: int) -> Page:
    """Add a weekly pattern."""
    form = _people(forms.Pattern(prefix="p-"), rosters.names(_loaded(group_id).members))
    if form.validate():
        try:
            with transaction():
                keeping.add_shift(
                    keeping.group(group_id), form.account.data, form.pattern(),
                    forms.hours_of(form.starts.data, form.ends.data),
                    since=form.since.data, until=form.until.data,
                )  # fmt: skip
        except DomainError as error:
            form.show(error)
        else:
            return _again(group_id, _("班次已排好。"))
    return _week(group_id, pattern=form)


@duty.post("/duty/groups/<int:group_id>/changes")
@needs(Permission.KEEP_ROSTER)
def add_change(group_id: int) -> Page:
    """Note what is different on one day."""
    form = _people(forms.Change(prefix="c-"), rosters.names(_loaded(group_id).members))
    if form.validate():
        try:
            hours = forms.hours_of(form.starts.data, form.ends.data) if form.kind.data == "on" else None
            with transaction():
                keeping.except_on(
                    keeping.group(group_id),
                    form.account.data,
                    form.day.data,
                    hours,
                    note=form.note.data or "",
                )
        except DomainError as error:
            form.show(error)
        else:
            return _again(group_id, _("变动已记下。"))
    return _week(group_id, change=form)


def _again(group_id: int, said: str) -> Redirect:
    flash(said, "ok")
    return redirect(url_for("duty.group", group_id=group_id, week=request.args.get("week")))


@duty.post("/duty/groups/<int:group_id>/shifts/<int:shift_id>/end")
@needs(Permission.KEEP_ROSTER)
def end_shift(group_id: int, shift_id: int) -> Redirect:
    """End a weekly pattern from today on."""
    with transaction():
        keeping.end_shift(keeping.group(group_id), shift_id, local(now()).date())
    return _again(group_id, _("班次从今天起取消。"))


@duty.post("/duty/groups/<int:group_id>/changes/<int:exception_id>/drop")
@needs(Permission.KEEP_ROSTER)
def drop_change(group_id: int, exception_id: int) -> Redirect:
    """Let a day be as the pattern says."""
    with transaction():
        keeping.drop_exception(keeping.group(group_id), exception_id)
    return _again(group_id, _("变动已取消。"))


def back() -> dict[str, str]:
    """Return the way back to the roster."""
    return {"words": _("值班表"), "url": url_for("duty.overview")}


def drawn(template: str, form: Form, **values: object) -> Page:
    """Draw a page around a form, as a refusal where something is wrong with it."""
    page = render_template(template, form=form, **values)
    return (page, 422) if form.errors or form.form_errors else page
