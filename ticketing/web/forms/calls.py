"""What an operator says of a call."""

from flask_babel import lazy_gettext as _l
from wtforms import RadioField, StringField, TextAreaField
from wtforms.validators import Optional

from ticketing.services.call_desk import REASONS
from ticketing.web.forms.actions import rating
from ticketing.web.forms.base import Form, most, option, required, worded


class NoTicket(Form):
    """Why a call leaves no ticket."""

    reason = RadioField(
        _l("为什么不登记"), choices=worded(REASONS), validators=[required(_l("请选择一项。"))]
    )
    text = StringField(_l("补充说明"), validators=[Optional(), most(300)])


class Promise(Form):
    """A call-back that was promised; without a time it is due as the line's hours say."""

    text = TextAreaField(_l("回拨要说什么"), validators=[required(), most(1000)], render_kw={"rows": 3})
    due = StringField(
        _l("约在几点"),
        validators=[Optional()],
        description=_l("今天的时间；不填时 24 小时热线为 15 分钟内，其他热线为下一个工作日上班时。"),
        render_kw={"type": "time", "class": "short"},
    )


class RevealNumber(Form):
    """Why somebody looks at a caller's whole number."""

    reason = StringField(_l("为什么要看"), validators=[required(), most(500)])


class Visit(Form):
    """回访 with the enterprise's word, as it is said on the telephone."""

    renamed = {"ratings": "result"}
    outcome = RadioField(
        _l("企业怎么说"),
        choices=[
            option("confirmed", _l("认可")),
            option("contested", _l("不认可，要求重办")),
            option("later", _l("再想想，以后自己评价")),
            option("unreached", _l("没打通")),
        ],
        validators=[required(_l("请选择一项。"))],
    )
    promptness = rating(_l("办理速度"))
    attitude = rating(_l("服务态度"))
    result = rating(_l("办理结果"))
    text = TextAreaField(
        _l("说了什么"),
        validators=[Optional(), most(20_000)],
        description=_l("不认可时必填，会原样转给承办单位。"),
        render_kw={"rows": 4},
    )

    def ratings(self) -> dict[str, int]:
        """Return the satisfaction that was given."""
        given = {"promptness": self.promptness, "attitude": self.attitude, "result": self.result}
        return {aspect: int(field.data) for aspect, field in given.items() if field.data}
