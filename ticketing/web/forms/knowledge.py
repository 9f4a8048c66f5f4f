"""The form of an article; the domain checks, this only takes in and shows."""

from flask_babel import lazy_gettext as _l
from wtforms import DateField, RadioField, SelectField, StringField, TextAreaField
from wtforms.validators import Optional

from ticketing.domain.knowledge import ARTICLE_KIND_WORDS
from ticketing.web.forms.base import Form, required, worded

NO_DATE = _l("日期请写成 2026-03-01 这样。")


class Day(DateField):
    """A day that may be left empty; what is no day is told in our words."""

    def process_formdata(self, valuelist: list[str]) -> None:
        """Read the day.

        Raises:
            ValueError: it is none.
        """
        try:
            super().process_formdata(valuelist)
        except ValueError:
            raise ValueError(str(NO_DATE)) from None


class ArticleForm(Form):
    """Write or revise."""

    renamed = {"topic_code": "topic"}
    kind = RadioField(
        _l("类别"), choices=worded(ARTICLE_KIND_WORDS), validators=[required(_l("请选择类别。"))]
    )
    title = StringField(_l("标题"), validators=[required()], render_kw={"maxlength": 120})
    body = TextAreaField(
        _l("内容"),
        validators=[required()],
        description=_l("先写结论，再写条件、材料、时限和去哪里办。"),
        render_kw={"rows": 14},
    )
    topic = SelectField(_l("事项主题"), validators=[Optional()], validate_choice=False)
    source = StringField(
        _l("来源"), validators=[Optional()], description=_l("发布机关和文号，标准答复写出处。")
    )
    source_url = StringField(_l("原文网址"), validators=[Optional()], render_kw={"inputmode": "url"})
    issued_on = Day(_l("发布日期"), validators=[Optional()])
    valid_until = Day(
        _l("有效期至"), validators=[Optional()], description=_l("过了这一天就不再推荐，也不能引用。")
    )
    review_on = Day(_l("复核日期"), validators=[Optional()], description=_l("到这一天提醒重新看一遍。"))
    change = StringField(
        _l("改了什么"), validators=[Optional()], description=_l("改版时必须写，读的人先看这一句。")
    )
