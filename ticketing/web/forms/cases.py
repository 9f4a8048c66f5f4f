"""The forms of the case page: one for each verb; the domain checks, these only take in and show."""

import datetime as dt
from collections.abc import Sequence
from typing import Any

from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, DateTimeLocalField, IntegerField, SelectField, StringField, TextAreaField
from wtforms.validators import Optional

from sla.instants import ZONE
from ticketing.domain.committee import DECLINE_REASONS
from ticketing.domain.vocabulary import RESULT_WORDS
from ticketing.services.case_checks import DEBTORS
from ticketing.web.forms.actions import area, bureau_field, files
from ticketing.web.forms.base import NOTHING, Form, option, required, worded

UNITS = {"working_days": _l("个工作日"), "working_minutes": _l("工作分钟"), "minutes": _l("分钟（全天）")}


class Moment(DateTimeLocalField):
    """A local date and time, handed on as an instant."""

    def __init__(self, label: Any, **more: Any) -> None:
        super().__init__(label, format=["%Y-%m-%dT%H:%M", "%Y-%m-%d %H:%M"], **more)

    @property
    def instant(self) -> dt.datetime | None:
        """Return what was typed as an instant."""
        return self.data.replace(tzinfo=ZONE) if self.data else None


class Plain(Form):
    """A verb that needs no words."""


class NameParty(Form):
    """明确参与方."""

    role = SelectField(_l("角色"), validators=[required()])
    bureau_code = bureau_field(_l("承办单位"), needed=False, hint=_l("单位以外的人请填下面三项。"))
    account_id = SelectField(
        _l("指定的人"), validators=[Optional()], description=_l("要接触保密名单的单位须指定到人；先选单位。")
    )
    name = StringField(_l("外部参与方名称"), validators=[Optional()])
    contact = StringField(_l("联系人"), validators=[Optional()])
    phone = StringField(_l("手机号"), validators=[Optional()])


class NameColleague(Form):
    """The colleague who acts for the lead."""

    account_id = SelectField(_l("本单位经办人"), validators=[required()])


class OneParty(Form):
    """A party outside, for its link."""

    party_id = SelectField(_l("外部参与方"), validators=[required()])


class Agree(Form):
    """约定时间."""

    step = SelectField(_l("环节"), validators=[required()])
    agreed_at = Moment(_l("约定的时间"), validators=[required()])


class ChangeLead(Form):
    """变更牵头单位."""

    lead_code = bureau_field(_l("新的牵头单位"))
    reason = area(_l("理由"), rows=2)


class AddStep(Form):
    """增加环节."""

    name = StringField(_l("环节名称"), validators=[required()])
    owner_id = SelectField(_l("责任方"), validators=[required()])
    amount = IntegerField(_l("时限"), validators=[required()])
    unit = SelectField(_l("单位"), choices=[option(code, word) for code, word in UNITS.items()])
    after = StringField(
        _l("在哪些环节之后"), validators=[Optional()], description=_l("环节编号，用逗号隔开。")
    )
    before = StringField(
        _l("在哪些环节之前"), validators=[Optional()], description=_l("环节编号，用逗号隔开。")
    )
    evidence = StringField(_l("要交什么"), validators=[Optional()])
    reason = area(_l("理由"), rows=2)


class Skip(Form):
    """略过环节."""

    step = SelectField(_l("环节"), validators=[required()])
    reason = area(_l("理由"), rows=2)


class Join(Form):
    """并入工单: another ticket with the same matter."""

    number = StringField(
        _l("事项编码"), validators=[required()], description=_l("同一件事的另一张工单；它的承诺时限不变。")
    )


class Reorder(Form):
    """调整顺序: one step, what it waits for, and its place among the others."""

    renamed = {"depends_on": "after"}
    step = SelectField(_l("环节"), validators=[required()])
    after = StringField(
        _l("等待哪些环节"),
        validators=[Optional()],
        description=_l("环节编号，用逗号隔开；留空不变，写 0 表示不等任何环节。"),
    )
    place = SelectField(_l("排在哪个环节后面"), validators=[Optional()])
    reason = area(_l("理由"), rows=2)


class Meet(Form):
    """会商纪要, with up to three decisions; more follow in further minutes."""

    held_at = Moment(_l("会商时间"), validators=[required()])
    place = StringField(_l("地点"), validators=[required()])
    text = area(_l("纪要"), rows=6)


#: So many decisions at once; further ones go into further minutes.
DECISIONS = 4


def meeting(parties: Sequence[tuple[int, str]]) -> Meet:
    """Return the form of minutes with a seat for each party (its id, its name) and room for decisions."""
    fields: dict[str, Any] = {}
    for identifier, name in parties:
        fields[f"seat_{identifier}"] = StringField(
            name, validators=[Optional()], description=_l("谁到会；没有到会的留空。")
        )
    owners = [option(str(identifier), name) for identifier, name in parties]
    for place in range(DECISIONS):
        fields[f"decision_{place}"] = StringField(_l("决定事项"), validators=[Optional()])
        fields[f"owner_{place}"] = SelectField(_l("责任方"), choices=owners)
        fields[f"amount_{place}"] = IntegerField(_l("时限"), validators=[Optional()])
        fields[f"unit_{place}"] = SelectField(_l("单位"), choices=[option(c, w) for c, w in UNITS.items()])
    return type("Meeting", (Meet,), fields)()  # type: ignore[no-any-return]


class Lift(Form):
    """解除保密."""

    award = StringField(_l("中标通知书编号或中标公示"), validators=[required()])


class Answer(Form):
    """统一答复."""

    result = SelectField(_l("办理结果"), choices=worded(RESULT_WORDS), validators=[required()])
    text = area(_l("答复企业"), rows=6, hint=_l("发给这个事项的每一家企业。不要写成员姓名。"))
    basis = StringField(_l("依据"), validators=[Optional()])


class Reason(Form):
    """撤销协调."""

    reason = area(_l("理由"), rows=2)


class Note(Form):
    """备注."""

    text = area(_l("备注"), rows=2)


class Redraw(Form):
    """补抽."""

    reason = SelectField(_l("原因"), choices=[NOTHING, *worded(DECLINE_REASONS)], validators=[required()])


class Step(Form):
    """Completing a step, or filing something for it; the fields of its checks are added by `for_checks`."""

    text = TextAreaField(_l("办理情况"), validators=[Optional()], render_kw={"rows": 3})
    files = files(
        _l("图片、PDF、Word、Excel 或文本。图片和扫描件里的字系统不检查：写有保密姓名的，只在保密环节上传。")
    )


class CommitteePlan(Step):
    """组建方案."""

    members = IntegerField(_l("成员总数"), validators=[required()], description=_l("五人以上单数"))
    experts = IntegerField(_l("其中专家"), validators=[required()], description=_l("不少于三分之二"))
    specialities = area(_l("专业和人数"), rows=3, hint=_l("每行一个专业，例如：桥梁工程 3"))
    avoid = area(_l("回避名单"), rows=3, hint=_l("每行一个单位或人"), needed=False)
    place = StringField(_l("地点"), validators=[required()])


class Avoidance(Step):
    """核查回避."""

    none_interested = BooleanField(_l("名单中没有须回避的人"))
    all_told = BooleanField(_l("已逐一通知成员"))


class Reference(Step):
    """A number under which something is filed elsewhere."""

    reference = StringField(_l("编号"), validators=[required()])


class Pledge(Step):
    """容缺告知."""

    missing = area(_l("缺什么、何时补"), rows=3, hint=_l("每行一项：材料名称 2026-01-31"))
    otherwise = area(_l("到期不补的后果"), rows=2)
    pledged_by = StringField(_l("承诺人"), validators=[required()])


class Arrears(Step):
    """欠款核对."""

    debtor = StringField(_l("付款方"), validators=[required()])
    debtor_kind = SelectField(_l("付款方是"), choices=[NOTHING, *worded(DEBTORS)], validators=[required()])
    creditor = StringField(_l("收款企业"), validators=[required()])
    contract = StringField(_l("合同名称和编号"), validators=[required()])
    amount = StringField(_l("欠款金额（元）"), validators=[required()])
    delivered_on = StringField(_l("交付日期"), validators=[required()], render_kw={"type": "date"})
    days = IntegerField(
        _l("约定付款天数"),
        validators=[required()],
        description=_l("没有约定的：机关、事业单位填 30（约定的最长 60），大型企业填 60。"),
    )


class ServiceOfficer(Step):
    """首席服务员."""

    officer = StringField(_l("首席服务员"), validators=[required()])
    project = StringField(_l("项目名称"), validators=[required()])


STEP_FORMS: dict[str, type[Step]] = {
    "committee_plan": CommitteePlan,
    "avoidance": Avoidance,
    "reference": Reference,
    "pledge": Pledge,
    "arrears": Arrears,
    "service_officer": ServiceOfficer,
}


def step_form(checks: list[str]) -> type[Step]:
    """Return the form that asks for what a step's check wants."""
    return next((STEP_FORMS[check] for check in checks if check in STEP_FORMS), Step)


class Code(Form):
    """The code sent to a party's telephone."""

    code = StringField(_l("短信验证码"), validators=[required()])
