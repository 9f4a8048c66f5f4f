"""Following a request."""

from flask_babel import lazy_gettext as _l
from wtforms import PasswordField, StringField
from wtforms.validators import Optional

from ticketing.web.forms.base import Form, required


class Open(Form):
    """Number and query password; the telephone's last digits where the system asks for them."""

    number = StringField(
        _l("事项编码"),
        validators=[required(_l("请填写事项编码。"))],
        description=_l("13 位数字，在回执和短信里。"),
    )
    password = PasswordField(
        _l("查询密码"), validators=[required(_l("请填写查询密码。"))], description=_l("6 位数字。")
    )
    phone_tail = StringField(_l("登记电话的后四位"), validators=[Optional()])


class AskCode(Form):
    """The number of a request whose password is lost."""

    number = StringField(_l("事项编码"), validators=[required(_l("请填写事项编码。"))])


class UseCode(Form):
    """The code that came by text message."""

    number = StringField(_l("事项编码"), validators=[required(_l("请填写事项编码。"))])
    code = StringField(
        _l("短信验证码"),
        validators=[required(_l("请填写验证码。"))],
        description=_l("6 位数字，10 分钟内有效。"),
    )
