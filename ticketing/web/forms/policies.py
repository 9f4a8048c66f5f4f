"""A draft as it is typed."""

from flask_babel import lazy_gettext as _l
from wtforms import TextAreaField

from ticketing.web.forms.base import Form, required


class DraftForm(Form):
    """The text of a calendar notice or a policy."""

    text = TextAreaField(
        _l("内容（YAML）"),
        validators=[required()],
        render_kw={"class": "source", "rows": 28, "spellcheck": "false", "autocapitalize": "off"},
    )
