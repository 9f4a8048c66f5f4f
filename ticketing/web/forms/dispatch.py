"""The dispatcher's decision."""

from flask_babel import lazy_gettext as _l

from ticketing.web.forms.actions import area, bureau_field
from ticketing.web.forms.base import Form


class Decide(Form):
    """Another bureau than the candidates, and what to say with it; of a return the reason is needed."""

    renamed = {"bureau_code": "bureau", "reason": "note"}
    bureau = bureau_field(_l("其他单位"), needed=False, hint=_l("填写后以这里为准。"))
    note = area(_l("说明"), rows=2, needed=False)
