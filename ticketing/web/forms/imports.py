"""A list to take over, as an administrator uploads it."""

from flask_babel import lazy_gettext as _l
from flask_wtf.file import FileField, FileRequired
from wtforms import RadioField, StringField
from wtforms.validators import Optional

from ticketing.services.importing import OPTIONAL, REQUIRED
from ticketing.web.forms.base import Form, most, option, required

IMPORT, SOURCE = "import", "source"


class ListForm(Form):
    """导入名单."""

    file = FileField(
        _l("名单"),
        validators=[FileRequired(_l("请选一个 CSV 或 XLSX 文件。"))],
        description=_l(
            "CSV 或 XLSX，40 MB 以内。必须有的列：%(needed)s；认得的列：%(known)s；其余的列随第一条记录保存。",
            needed=", ".join(REQUIRED),
            known=", ".join(OPTIONAL),
        ),
        render_kw={"accept": ".csv,.xlsx,.xlsm"},
    )
    source = StringField(
        _l("名单的名称"),
        validators=[Optional(), most(200)],
        description=_l("和行里的 id 一起认出同一件诉求；不写就用文件名。同一个平台请每次写一样的。"),
    )
    begins = RadioField(
        _l("承诺时限从何时算起"),
        choices=[
            option(IMPORT, _l("从导入的时候")),
            option(SOURCE, _l("从名单里的 submitted_at；已经过去的提醒只记下，不补发")),
        ],
        default=IMPORT,
        validators=[required()],
    )
