"""The roster, as those who keep it write it."""

import datetime as dt
from typing import Any

from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, DateField, SelectField, SelectMultipleField, StringField, TextAreaField
from wtforms.validators import Optional
from wtforms.widgets import CheckboxInput, ListWidget

from ticketing.domain.errors import Invalid
from ticketing.domain.roster import DAY_WORDS
from ticketing.domain.words import N_
from ticketing.services.duty_keeping import Hours
from ticketing.web.forms.base import Form, most, option, required, worded

WEEKDAYS = (
    _l("周一"), _l("周二"), _l("周三"), _l("周四"), _l("周五"), _l("周六"), _l("周日"),
)  # fmt: skip
SEVERAL = "several"


def _time(label: Any) -> StringField:
    return StringField(label, validators=[Optional()], render_kw={"type": "time", "class": "short"})


def _day(label: Any, *, needed: bool = True) -> DateField:
    checks = [required()] if needed else [Optional()]
    return DateField(label, validators=checks, render_kw={"class": "short"})


class Ticks(SelectMultipleField):
    """Several of a list, each with a box of its own."""

    widget = ListWidget(prefix_label=False)
    option_widget = CheckboxInput()


def hours_of(starts: str | None, ends: str | None) -> Hours:
    """Return the hours that were typed.

    Raises:
        Invalid: one of them is no time.
    """
    return Hours(time_of(starts, "starts"), time_of(ends, "ends"))


def time_of(typed: str | None, field: str) -> dt.time:
    """Return a time of day.

    Raises:
        Invalid: with `field`, when it is none.
    """
    try:
        return dt.time.fromisoformat((typed or "").strip()).replace(tzinfo=None)
    except ValueError:
        raise Invalid(N_("时间请写成 09:30 这样。"), field=field) from None


class Group(Form):
    """A group: who picks up which lines."""

    renamed = {"hotlines": "lines"}
    name_zh = StringField(_l("名称"), validators=[required(), most(100)])
    name_en = StringField(_l("英文名称"), validators=[required(), most(100)])
    members = TextAreaField(
        _l("成员"),
        validators=[Optional()],
        description=_l("每行一个账号名，按振铃的先后排列。"),
        render_kw={"rows": 6, "class": "code"},
    )
    lines = Ticks(
        _l("接听的热线"),
        validators=[Optional()],
        description=_l("一条热线只属于一个组；从别的组选过来，就离开那个组。"),
    )
    is_desk = BooleanField(_l("这是总值班席：所有热线的后备，昼夜有人"))


class Pattern(Form):
    """A weekly shift."""

    account = SelectField(_l("谁"), coerce=int)
    days = SelectField(_l("哪些日子"), choices=[*worded(DAY_WORDS), option(SEVERAL, _l("按星期选择"))])
    weekdays = Ticks(
        _l("星期"),
        choices=[option(str(n), word) for n, word in enumerate(WEEKDAYS, 1)],
        validators=[Optional()],
    )
    starts = _time(_l("从"))
    ends = _time(_l("到"))
    since = _day(_l("从哪天起"))
    until = _day(_l("到哪天止"), needed=False)

    def pattern(self) -> str:
        """Return the days as the roster keeps them."""
        return "".join(sorted(self.weekdays.data or ())) if self.days.data == SEVERAL else self.days.data


class Change(Form):
    """What is different on one day."""

    account = SelectField(_l("谁"), coerce=int)
    day = _day(_l("哪天"))
    kind = SelectField(_l("怎么变"), choices=[option("on", _l("加一班")), option("off", _l("当天不上班"))])
    starts = _time(_l("从"))
    ends = _time(_l("到"))
    note = StringField(_l("备注"), validators=[Optional(), most(100)])


class LeaveForm(Form):
    """Somebody is away."""

    account = StringField(_l("谁"), validators=[required()], description=_l("请假同事的账号名。"))
    first = _day(_l("第一天"))
    last = _day(_l("最后一天"))
    reason = StringField(_l("原因"), validators=[required(), most(100)])


class HandOver(Form):
    """What the next shift must know."""

    group = SelectField(_l("值班组"), coerce=int)
    to = SelectField(_l("交给谁"), coerce=int)
    note = TextAreaField(_l("交代什么"), validators=[required(), most(2000)], render_kw={"rows": 4})
