"""Logging in."""

from flask_babel import lazy_gettext as _l
from wtforms import PasswordField, StringField

from ticketing.web.forms.base import Form, most, required


class LoginForm(Form):
    """User name and password."""

    username = StringField(_l("账号"), validators=[required(_l("请填写账号。")), most(100)])
    password = PasswordField(_l("密码"), validators=[required(_l("请填写密码。")), most(200)])
