"""The rule by which a new model publishes itself."""

from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, DecimalField, IntegerField
from wtforms.validators import InputRequired, NumberRange

from ticketing.web.forms.base import Form

WHOLE = NumberRange(0, 100_000, message=_l("请填 0 到 100000 之间的数。"))
PER_CENT = NumberRange(0, 100, message=_l("请填 0 到 100 之间的数。"))
NEEDED = InputRequired(_l("这一项不能为空。"))


class PublishingRule(Form):
    """When a model may publish itself, and how much must have been taught before one is trained."""

    automatic = BooleanField(_l("重放达到下面的要求时，自动发布新模型"))
    least_gain = IntegerField(
        _l("至少多派对多少件"),
        validators=[NEEDED, WHOLE],
        description=_l("派到办结单位的，减去离开办结单位的。"),
        render_kw={"class": "short", "inputmode": "numeric"},
    )
    most_away = DecimalField(
        _l("最多百分之几离开办结单位"),
        validators=[NEEDED, PER_CENT],
        render_kw={"class": "short", "inputmode": "decimal"},
    )
    least_lessons = IntegerField(
        _l("满多少条新纠正就训练"),
        validators=[NEEDED, WHOLE],
        description=_l("每天最多训练一次。"),
        render_kw={"class": "short", "inputmode": "numeric"},
    )
