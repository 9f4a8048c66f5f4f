"""Numbers that are asked for a message."""

from flask_babel import lazy_gettext as _l
from wtforms import DateField, StringField

from ticketing.web.forms.base import Form, most, required


class Block(Form):
    """A number, why, and until when."""

    number = StringField(_l("电话号码"), validators=[required()], render_kw={"inputmode": "tel"})
    reason = StringField(_l("原因"), validators=[required(), most(500)])
    until = DateField(_l("到哪天止"), validators=[required()], render_kw={"class": "short"})
