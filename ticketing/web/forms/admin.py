"""Accounts, as administrators write them."""

from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, PasswordField, SelectMultipleField, StringField
from wtforms.validators import Optional

from ticketing.domain.vocabulary import ROLE_WORDS
from ticketing.web.forms.actions import bureau_field
from ticketing.web.forms.base import Form, most, required, worded


class AccountForm(Form):
    """A colleague: name, roles, and the bureau at which a handler or head works."""

    username = StringField(_l("账号"), validators=[required(), most(100)])
    name = StringField(_l("姓名"), validators=[required(), most(100)])
    password = PasswordField(
        _l("密码"), validators=[Optional()], description=_l("至少 10 个字符；不修改时留空。")
    )
    roles = SelectMultipleField(
        _l("角色"), choices=worded(ROLE_WORDS), validators=[required(_l("请至少选择一个角色。"))]
    )
    bureau = bureau_field(_l("单位"), needed=False, hint=_l("承办人和负责人必须填写。"))
    active = BooleanField(_l("可以登录"), default=True)
