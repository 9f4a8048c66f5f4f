"""The forms of an enterprise's account."""

from flask_babel import lazy_gettext as _l
from wtforms import PasswordField, RadioField, SelectMultipleField, StringField, TextAreaField
from wtforms.validators import Optional
from wtforms.widgets import CheckboxInput, ListWidget

from ticketing.domain.enterprise import CHANNEL_WORDS, ENTERPRISE_ROLE_WORDS
from ticketing.web.forms.base import Form, option, required, worded

CODE_HINT = _l("6 位数字，10 分钟内有效。")


def ways_field(hint: object) -> SelectMultipleField:
    """Return the choice by what to be told; none ticked is a choice too."""
    return SelectMultipleField(
        _l("怎样通知您"),
        choices=worded(CHANNEL_WORDS),
        validators=[Optional()],
        description=hint,
        widget=ListWidget(prefix_label=False),
        option_widget=CheckboxInput(),
    )


class SignIn(Form):
    """A telephone; a password where one was set, else a code is sent."""

    phone = StringField(_l("手机号"), validators=[required(_l("请填写手机号。"))])
    password = PasswordField(
        _l("密码"), validators=[Optional()], description=_l("没有设过密码的留空，我们发短信验证码。")
    )


class Code(Form):
    """A code that came by text message."""

    code = StringField(_l("短信验证码"), validators=[required(_l("请填写验证码。"))], description=CODE_HINT)


class Prove(Form):
    """The enterprise that somebody acts for."""

    register_code = StringField(
        _l("统一社会信用代码"),
        validators=[required(_l("请填写营业执照上的 18 位统一社会信用代码。"))],
        description=_l("营业执照上的 18 位代码。"),
    )


class AskCall(Prove):
    """The wish for a checked call."""

    name = StringField(_l("企业名称"), validators=[required()])


class Claim(Form):
    """An earlier request, by its number and password."""

    number = StringField(
        _l("事项编码"),
        validators=[required(_l("请填写事项编码。"))],
        description=_l("13 位数字，在回执和短信里。"),
    )
    password = PasswordField(
        _l("查询密码"), validators=[required(_l("请填写查询密码。"))], description=_l("6 位数字。")
    )
    phone_tail = StringField(_l("登记电话的后四位"), validators=[Optional()])


class Invite(Form):
    """A colleague to invite."""

    name = StringField(_l("姓名"), validators=[required()])
    phone = StringField(_l("手机号"), validators=[required(_l("请填写手机号。"))])
    role = RadioField(
        _l("身份"), choices=worded(ENTERPRISE_ROLE_WORDS), default="clerk", validators=[required()]
    )


class Settings(Form):
    """Oneself, and how to be told."""

    name = StringField(_l("姓名"), validators=[required()])
    email = StringField(_l("电子邮箱"), validators=[Optional()])
    told_by = ways_field(_l("您提交或归入账号的诉求有进展时，用这些方式告诉您。"))


class NewPassword(Form):
    """A password of one's own."""

    password = PasswordField(
        _l("新密码"), validators=[required()], description=_l("至少 10 位。设了密码，登录时可以不等短信。")
    )


class DecideCall(Form):
    """What a checked call showed."""

    verdict = RadioField(
        _l("核实结果"),
        choices=[option("yes", _l("确是这家企业，同意本人管理账号")), option("no", _l("没有核实"))],
        validators=[required(_l("请选择一项。"))],
    )
    note = TextAreaField(
        _l("核实经过"),
        validators=[required()],
        description=_l(
            "打了哪个号码、号码从哪里查到、接电话的人是谁、怎么说的。没有核实的，申请人会看到这段话。"
        ),
    )
