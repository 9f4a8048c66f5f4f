"""A snippet as people write it."""

from flask_babel import lazy_gettext as _l
from wtforms import RadioField, StringField

from ticketing.services.snippets import NAME_MAX, SHORT_MAX
from ticketing.web.forms.actions import area
from ticketing.web.forms.base import Form, most, required


class SnippetForm(Form):
    """名称, 缩写, 内容, and for whom."""

    name = StringField(_l("名称"), validators=[required(), most(NAME_MAX)])
    short = StringField(
        _l("缩写"),
        validators=[required(), most(SHORT_MAX)],
        description=_l("在答复里打这几个字母或字，再按 Tab 键就插入，例如 bzcl。"),
    )
    text = area(
        _l("内容"),
        rows=8,
        hint=_l("把 企业、编码、单位、期限、今天 写在花括号里，插入时自动填好；别的花括号会提醒您填写。"),
    )
    circle = RadioField(_l("谁可以用"), validators=[required()])
