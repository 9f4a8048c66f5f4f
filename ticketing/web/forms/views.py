"""A view as its owner writes it."""

from flask_babel import lazy_gettext as _l
from wtforms import RadioField, SelectField, StringField

from ticketing.domain.query import LONGEST
from ticketing.services.saved_views import COLUMNS, NAME_MAX, ORDERS, Wanted
from ticketing.web.forms.base import NOTHING, Form, most, required, worded

#: The fields of the columns, from left to right.
PLACES = ("first", "second", "third", "fourth", "fifth")


class SaveView(Form):
    """Name, query, columns, order, and who sees it too."""

    name = StringField(_l("视图名称"), validators=[required(), most(NAME_MAX)])
    query_line = StringField(_l("查询"), validators=[most(LONGEST)])
    first = SelectField(_l("第一列"), choices=[NOTHING, *worded(COLUMNS)], default="")
    second = SelectField(_l("第二列"), choices=[NOTHING, *worded(COLUMNS)], default="")
    third = SelectField(_l("第三列"), choices=[NOTHING, *worded(COLUMNS)], default="")
    fourth = SelectField(_l("第四列"), choices=[NOTHING, *worded(COLUMNS)], default="")
    fifth = SelectField(_l("第五列"), choices=[NOTHING, *worded(COLUMNS)], default="")
    order = RadioField(_l("排序"), choices=worded(ORDERS))
    shared = RadioField(_l("谁能看到"))

    def wanted(self) -> Wanted:
        """Return what was typed as a service takes it."""
        return Wanted(
            self.name.data or "",
            (self.query_line.data or "").strip(),
            list(dict.fromkeys(self[one].data for one in PLACES if self[one].data)),
            self.order.data or "",
            self.shared.data or "",
        )
