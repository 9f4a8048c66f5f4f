"""What a bulk action has to be told beside its tickets."""

from flask_babel import lazy_gettext as _l
from wtforms import SelectField

from ticketing.web.forms.actions import area, bureau_field
from ticketing.web.forms.base import Form, required


class Assign(Form):
    """To whom."""

    renamed = {"account_id": "account"}
    account = SelectField(_l("指派给"), validators=[required()])


class Dispatch(Form):
    """To which bureau, and what to say with it."""

    renamed = {"bureau_code": "bureau", "reason": "text"}
    bureau = bureau_field(_l("派给"))
    text = area(_l("说明"), rows=2, needed=False)


class Say(Form):
    """What to say."""

    text = area(_l("内容"), rows=3)


class Nothing(Form):
    """Nothing but the right to send it."""


FORMS: dict[str, type[Form]] = {
    "accept": Nothing, "assign": Assign, "dispatch": Dispatch, "remind": Say, "note": Say,
}  # fmt: skip
