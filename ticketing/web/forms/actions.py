"""The forms of the ticket page: one for each verb; the domain checks, these only take in and show."""

from typing import Any

from flask_babel import lazy_gettext as _l
from wtforms import IntegerField, MultipleFileField, RadioField, SelectField, StringField, TextAreaField
from wtforms.validators import Optional

from ticketing.domain.vocabulary import (
    REJECT_WORDS,
    RESULT_WORDS,
    RETURN_WORDS,
    RIGHT_DOOR_WORDS,
    SUSPEND_WORDS,
    TYPE_WORDS,
    URGENCY_WORDS,
)
from ticketing.web.forms.base import NOTHING, Form, option, required, worded


def area(label: Any, *, rows: int = 4, hint: Any = "", needed: bool = True) -> TextAreaField:
    """Return a field for running text."""
    checks = [required()] if needed else [Optional()]
    return TextAreaField(label, validators=checks, description=hint, render_kw={"rows": rows})


def bureau_field(label: Any, *, needed: bool = True, hint: Any = "") -> StringField:
    """Return a field that names a bureau: typed, completed from the page's list of bureaus."""
    checks = [required()] if needed else [Optional()]
    return StringField(
        label, validators=checks, description=hint, render_kw={"list": "bureaus", "autocomplete": "off"}
    )


def files(hint: Any = "") -> MultipleFileField:
    """Return the field for files."""
    return MultipleFileField(
        _l("附件"), validators=[Optional()], description=hint or _l("图片、PDF、Word、Excel 或文本。")
    )


class Plain(Form):
    """A verb that needs no words."""


class Contact(Form):
    """首次联系."""

    how = SelectField(
        _l("方式"),
        choices=[
            option("电话", _l("电话")),
            option("现场", _l("现场")),
            option("微信", _l("微信")),
            option("其他", _l("其他")),
        ],
        validators=[required()],
    )
    whom = StringField(_l("联系了谁"), validators=[Optional()])
    text = area(_l("说了什么"), rows=3)


class Return(Form):
    """退单."""

    renamed = {"proposed": "bureau"}
    reason_code = SelectField(_l("原因"), choices=[NOTHING, *worded(RETURN_WORDS)], validators=[required()])
    basis = area(_l("依据"), rows=3, hint=_l("写明权责清单的条款，派单员据此裁定。"))
    bureau = bureau_field(_l("建议转给"), needed=False)


class Assign(Form):
    """指派; the people of the bureau are filled in by the page."""

    account_id = SelectField(_l("同事"), coerce=int, validators=[required()])


class Ask(Form):
    """请企业补充."""

    text = area(_l("需要企业补充什么"), hint=_l("企业会看到这段话。答复时限暂停，最多五个工作日。"))


class Suspend(Form):
    """挂起."""

    ground = SelectField(_l("法定理由"), choices=[NOTHING, *worded(SUSPEND_WORDS)], validators=[required()])
    days = IntegerField(
        _l("工作日"), validators=[required()], render_kw={"min": 1, "max": 30, "class": "short"}
    )
    reason = area(
        _l("说明"),
        rows=3,
        hint=_l("企业会看到理由和截止日期。5 个工作日以内由本单位负责人审核，更长由督办员审核。"),
    )


class Extend(Form):
    """延期."""

    amount = IntegerField(
        _l("再要多少个工作日"), validators=[required()], render_kw={"min": 1, "class": "short"}
    )
    reason = area(_l("理由"), rows=3, hint=_l("企业会看到理由。由督办员审核，只能延一次。"))


class Answer(Form):
    """答复."""

    result = RadioField(
        _l("办理结果"), choices=worded(RESULT_WORDS), validators=[required(_l("请选择办理结果。"))]
    )
    text = area(_l("答复内容"), rows=8, hint=_l("先回答企业问的每一件事，再说接下来怎样。"))
    basis = StringField(_l("依据"), validators=[Optional()], description=_l("无法解决时必须写明。"))
    cited = StringField(
        _l("引用知识库"), validators=[Optional()], description=_l("写编号，例如 K12；多个用顿号分开。")
    )
    files = files()


class Words(Form):
    """A verb with words and files."""

    text = area(_l("内容"))
    files = files()


class Supply(Form):
    """补充, written down for the enterprise."""

    text = area(_l("企业补充的内容"))
    files = files()


class Attach(Form):
    """补充附件, unasked."""

    files = MultipleFileField(
        _l("附件"),
        validators=[required(_l("请选择文件。"))],
        description=_l("图片、PDF、Word、Excel 或文本。"),
    )


class Contest(Form):
    """不认可."""

    text = area(_l("哪里没有解决"))


class Withdraw(Form):
    """撤回."""

    text = area(_l("原因"), rows=2, needed=False)


class Remind(Form):
    """催办."""

    text = area(_l("内容"), rows=2, needed=False)


def rating(label: Any) -> RadioField:
    """Return one to five, for who wants to give it."""
    choices = [option(str(value), str(value)) for value in range(1, 6)]
    return RadioField(label, choices=choices, validators=[Optional()])


class Confirm(Form):
    """认可, with satisfaction where the enterprise gave it."""

    renamed = {"text": "remark"}
    promptness = rating(_l("办理速度"))
    attitude = rating(_l("服务态度"))
    result = rating(_l("办理结果"))
    remark = area(_l("想说的话"), rows=2, needed=False)

    def ratings(self) -> dict[str, int]:
        """Return the satisfaction that was given."""
        given = {"promptness": self.promptness, "attitude": self.attitude, "result": self.result}
        return {aspect: int(field.data) for aspect, field in given.items() if field.data}


class FollowUp(Form):
    """回访."""

    reached = RadioField(
        _l("联系上了吗"),
        choices=[option("yes", _l("联系上了")), option("no", _l("没有联系上"))],
        validators=[required()],
    )
    text = area(_l("说了什么"), rows=3, needed=False)


class Case(Form):
    """启动协调; the templates are filled in by the page."""

    renamed = {"lead_code": "bureau"}
    template_code = SelectField(_l("协调类型"), validators=[required()])
    bureau = bureau_field(_l("牵头单位"))
    aim = StringField(_l("目标，一句话"), validators=[required()])
    like = SelectField(_l("参照案例"), validators=[Optional()], description=_l("照以前办成的同类事项开始。"))
    reason = area(_l("为什么要协调"), rows=3)


class Reason(Form):
    """A verb with a reason."""

    reason = area(_l("理由"), rows=3)


class ReplyOrder(Form):
    """回复督办."""

    text = area(_l("回复"))


class Other(Form):
    """A verb about another ticket."""

    number = StringField(
        _l("事项编码"), validators=[required()], render_kw={"inputmode": "numeric", "class": "code"}
    )


class Dispatch(Form):
    """派单 to a bureau that is typed."""

    renamed = {"bureau_code": "bureau"}
    bureau = bureau_field(_l("承办单位"))
    reason = area(_l("说明"), rows=2, needed=False)


class Adjudicate(Form):
    """裁定."""

    renamed = {"bureau_code": "bureau"}
    bureau = bureau_field(_l("由谁承办"), hint=_l("写退单的单位就是退单不成立。"))
    reason = area(_l("裁定理由"), rows=3)


class Reclassify(Form):
    """更正分类."""

    type = SelectField(_l("类型"), choices=worded(TYPE_WORDS))
    urgency = SelectField(_l("紧急程度"), choices=worded(URGENCY_WORDS))


class Reject(Form):
    """不予受理."""

    renamed = {"reject_reason": "reason"}
    reason = SelectField(_l("理由"), choices=[NOTHING, *worded(REJECT_WORDS)], validators=[required()])
    basis = area(_l("依据"), rows=3)
    right_door = SelectField(
        _l("请企业向哪里提出"), choices=[NOTHING, *worded(RIGHT_DOOR_WORDS)], validators=[required()]
    )


class AnswerOnCall(Form):
    """即时答复."""

    text = area(_l("答复内容"))
    cited = StringField(_l("引用的政策"), validators=[Optional()])


class Decide(Form):
    """审核."""

    verdict = RadioField(
        _l("决定"),
        choices=[option("approve", _l("通过")), option("refuse", _l("退回"))],
        validators=[required()],
    )
    reason = area(_l("意见"), rows=2, needed=False, hint=_l("退回时必须写明理由。"))


class Reveal(Form):
    """Looking behind a mask."""

    reason = area(_l("为什么要看完整的联系方式"), rows=2)
