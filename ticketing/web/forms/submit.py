"""The five steps of the web form."""

from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, MultipleFileField, RadioField, SelectField, StringField, TextAreaField
from wtforms.validators import Optional

from ticketing.domain.vocabulary import TYPE_WORDS
from ticketing.web.forms.base import Form, required, worded


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
    email = StringField(_l("电子邮箱"), validators=[Optional()])
    consent = BooleanField(
        _l("我已了解，同意为办理这件诉求使用这些信息"),
        validators=[required(_l("同意后才能提交；也可以直接拨打电话。"))],
    )


class Check(Form):
    """The last look."""
