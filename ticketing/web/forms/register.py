"""The operator's one screen."""

from flask_babel import lazy_gettext as _l
from wtforms import HiddenField, MultipleFileField, SelectField, StringField, TextAreaField
from wtforms.validators import Optional

from ticketing.domain.vocabulary import TYPE_WORDS, URGENCY_WORDS
from ticketing.web.forms.actions import files
from ticketing.web.forms.base import Form, option, required, worded


class Register(Form):
    """A request as an operator writes it down; topic, region and hotline get their choices from the page."""

    renamed = {
        "requester": "name",
        "topic_code": "topic",
        "region_code": "region",
        "hotline_number": "hotline",
        "files": "uploads",
        "text": "answer",
        "received_at": "spoke",
    }
    phone = StringField(_l("来电号码"), validators=[Optional()])
    name = StringField(_l("联系人"), validators=[Optional()])
    enterprise = StringField(_l("企业名称"), validators=[Optional()])
    register_code = StringField(_l("统一社会信用代码"), validators=[Optional()])
    subject = StringField(_l("标题"), validators=[Optional()], description=_l("不填时取内容的开头。"))
    body = TextAreaField(_l("诉求内容"), validators=[required()])
    topic = SelectField(_l("事项主题"), validators=[Optional()])
    region = SelectField(_l("事情发生在"), validators=[Optional()])
    type = SelectField(
        _l("类型"), choices=[option("", _l("由系统判断")), *worded(TYPE_WORDS)], validators=[Optional()]
    )
    urgency = SelectField(
        _l("紧急程度"),
        choices=[option("", _l("由系统判断")), *worded(URGENCY_WORDS)],
        validators=[Optional()],
    )
    door = SelectField(
        _l("来源"),
        choices=[option("telephone", _l("电话")), option("assisted", _l("窗口代办"))],
        default="telephone",
    )
    hotline = SelectField(_l("拨打的热线"), validators=[Optional()])
    answer = TextAreaField(_l("答复内容"), validators=[Optional()])
    cited = StringField(_l("引用的政策"), validators=[Optional()])
    uploads: MultipleFileField = files()
    spoke = StringField(
        _l("企业什么时候说的"),
        validators=[Optional()],
        description=_l("现在就不用填；补登时填今天更早的时间。"),
        render_kw={"type": "time", "class": "short"},
    )
    began = HiddenField()
    once = HiddenField()
