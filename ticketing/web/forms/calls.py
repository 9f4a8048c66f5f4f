"""What an operator says of a call."""

from flask_babel import lazy_gettext as _l
from wtforms import RadioField, StringField, TextAreaField
from wtforms.validators import Optional

from ticketing.services.call_desk import REASONS
from ticketing.web.forms.base import Form, most, required, worded


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
