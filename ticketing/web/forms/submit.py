"""The five steps of the web form."""

from collections.abc import Callable

from flask_babel import lazy_gettext as _l
from wtforms import (
    BooleanField,
    Field,
    MultipleFileField,
    RadioField,
    SelectField,
    StringField,
    TextAreaField,
)
from wtforms.validators import Optional, ValidationError

from ticketing.domain.errors import Invalid
from ticketing.domain.text import NAME_MAX
from ticketing.domain.topic_form import Question
from ticketing.domain.vocabulary import TYPE_WORDS
from ticketing.web.forms.base import NOTHING, Form, most, option, required, worded
from ticketing.web.forms.my import ways_field
from ticketing.web.i18n import language, sentence


class What(Form):
    """What it is about."""

    renamed = {"topic_code": "topic"}
    type = RadioField(_l("这是"), choices=worded(TYPE_WORDS), validators=[required(_l("请选择一项。"))])
    topic = SelectField(
        _l("事项主题"), validators=[Optional()], description=_l("不确定时可以不选，工作人员会判断。")
    )


class Where(Form):
    """Where it happened."""

    renamed = {"region_code": "region"}
    region = SelectField(_l("所在地"), validators=[Optional()], description=_l("不清楚时可以不选。"))
    place = StringField(_l("项目、街道或门店"), validators=[Optional()])


class Matter(Form):
    """The matter in the enterprise's own words."""

    subject = StringField(_l("一句话说明"), validators=[required()])
    body = TextAreaField(
        _l("具体情况"), validators=[required()], description=_l("发生了什么、已经找过谁、希望怎样解决。")
    )
    files = MultipleFileField(_l("附件"), validators=[Optional()])


def asking(question: Question) -> Field:
    """Return the field of a question that a topic brings; its words are the pack's own, in the reader's language."""
    english = language() == "en"
    label = question.words_en if english else question.words_zh
    hint = question.hint_en if english else question.hint_zh
    checks = [required()] if question.needed else [Optional()]
    if question.kind == "choice":
        offered = [option(zh, en if english else zh) for zh, en in question.choices]
        return SelectField(label, choices=[NOTHING, *offered], validators=checks, description=hint)
    kinds = {"date": {"type": "date"}, "number": {"inputmode": "decimal"}}
    checks = [*checks, most(NAME_MAX), _of_its_kind(question)]
    return StringField(label, validators=checks, description=hint, render_kw=kinds.get(question.kind, {}))


def _of_its_kind(question: Question) -> Callable[[Form, Field], None]:
    def check(_form: Form, field: Field) -> None:
        try:
            question.check(field.data or "")
        except Invalid as wrong:
            raise ValidationError(sentence(wrong)) from None

    return check


class Contact(Form):
    """How the enterprise is reached."""

    renamed = {"requester": "name"}
    enterprise = StringField(_l("企业名称"), validators=[required()])
    register_code = StringField(
        _l("统一社会信用代码"),
        validators=[Optional()],
        description=_l("营业执照上的 18 位代码，方便时填写。"),
    )
    name = StringField(_l("联系人"), validators=[required()])
    phone = StringField(_l("电话"), validators=[required(_l("请留下电话，办理单位要与您联系。"))])
    told_by = ways_field(_l("收到、派单、答复时告诉您。都不选，也可以凭编码和密码自己查。"))
    email = StringField(
        _l("电子邮箱"), validators=[Optional()], description=_l("选了电子邮件通知的，请填写。")
    )
    consent = BooleanField(
        _l("我已了解，同意为办理这件诉求使用这些信息"),
        validators=[required(_l("同意后才能提交；也可以直接拨打电话。"))],
    )


class Check(Form):
    """The last look."""
