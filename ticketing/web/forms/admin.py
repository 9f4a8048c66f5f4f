"""Accounts, as administrators write them."""

from typing import Any

from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, DateField, FieldList, FormField, PasswordField, SelectField, StringField
from wtforms import Form as Part
from wtforms.validators import Optional

from ticketing.domain.vocabulary import ROLE_WORDS
from ticketing.web.forms.actions import bureau_field
from ticketing.web.forms.base import NOTHING, Form, most, required, worded


class Right(Part):
    """A role, and of handlers and heads the bureau at which they are it."""

    role = SelectField(_l("角色"), choices=[NOTHING, *worded(ROLE_WORDS)], validators=[Optional()])
    bureau = bureau_field(_l("单位"), needed=False)


class AccountForm(Form):
    """A colleague: who it is, what they may be and where."""

    username = StringField(_l("账号"), validators=[required(), most(100)])
    name = StringField(_l("姓名"), validators=[required(), most(100)])
    phone = StringField(
        _l("手机"),
        validators=[Optional(), most(40)],
        description=_l("超时催办、督办、通报会发短信到这里（夜间等到早上，特急除外）；不填就只有站内消息。"),
    )
    password = PasswordField(
        _l("密码"), validators=[Optional()], description=_l("至少 10 个字符；不修改时留空。")
    )
    rights: FieldList = FieldList(
        FormField(Right),
        label=_l("角色和单位"),
        description=_l("承办人和负责人要写单位；一个人可以在几个单位。角色选“—”就是去掉。"),
        min_entries=2,
        max_entries=30,
    )
    desk_phone = StringField(
        _l("座席电话"),
        validators=[most(200)],
        description=_l("来电在哪部电话上响：client:名称、sip:地址、电话号码或分机号；没有就留空。"),
    )
    active = BooleanField(_l("可以登录"), default=True)


def _day(label: Any) -> DateField:
    return DateField(label, validators=[required()], render_kw={"class": "short"})


class StandIn(Form):
    """Whom a colleague stands in for, and when."""

    absent = StringField(
        _l("代理谁"), validators=[required()], description=_l("被代理的负责人或督办员的账号名。")
    )
    first = _day(_l("第一天"))
    last = _day(_l("最后一天"))
