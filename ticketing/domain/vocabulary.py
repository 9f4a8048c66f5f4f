"""The enumerations of the desk, each with the word that people read (domain terms, one word everywhere)."""

from enum import StrEnum

from ticketing.domain.words import N_


class State(StrEnum):
    """Where a ticket is in its life; *open* is every state but `closed`."""

    NEW = "new"
    DISPATCHED = "dispatched"
    IN_PROGRESS = "in_progress"
    AWAITING_REQUESTER = "awaiting_requester"
    SUSPENDED = "suspended"
    COORDINATING = "coordinating"
    ANSWERED = "answered"
    CLOSED = "closed"


OPEN_STATES = frozenset(State) - {State.CLOSED}

STATE_WORDS = {
    State.NEW: N_("待派单"),
    State.DISPATCHED: N_("待签收"),
    State.IN_PROGRESS: N_("办理中"),
    State.AWAITING_REQUESTER: N_("待企业补充"),
    State.SUSPENDED: N_("挂起"),
    State.COORDINATING: N_("协调中"),
    State.ANSWERED: N_("已答复"),
    State.CLOSED: N_("已办结"),
}

PUBLIC_STATE_WORDS = {
    State.NEW: N_("已收到，正在确定承办单位"),
    State.DISPATCHED: N_("已转给承办单位"),
    State.IN_PROGRESS: N_("承办单位正在办理"),
    State.AWAITING_REQUESTER: N_("等您补充材料"),
    State.SUSPENDED: N_("依法暂停计时"),
    State.COORDINATING: N_("多个单位正在协调解决"),
    State.ANSWERED: N_("已答复，请您评价"),
    State.CLOSED: N_("已办结"),
}


#: Said in place of the first while a bureau works on what was contested.
AGAIN = N_("承办单位正在重新办理")


class TicketType(StrEnum):
    """What kind of request it is; decides limits and who approves an answer."""

    CONSULTATION = "consultation"
    HELP = "help"
    COMPLAINT = "complaint"
    SUGGESTION = "suggestion"
    REPORT = "report"


TYPE_WORDS = {
    TicketType.CONSULTATION: N_("咨询"),
    TicketType.HELP: N_("求助"),
    TicketType.COMPLAINT: N_("投诉"),
    TicketType.SUGGESTION: N_("建议"),
    TicketType.REPORT: N_("举报"),
}


class Urgency(StrEnum):
    """`critical`: danger to life or damage within hours; `pressing`: production or utilities cut."""

    CRITICAL = "critical"
    PRESSING = "pressing"
    NORMAL = "normal"


URGENCY_WORDS = {
    Urgency.CRITICAL: N_("特急"),
    Urgency.PRESSING: N_("紧急"),
    Urgency.NORMAL: N_("普通"),
}


class Door(StrEnum):
    """Through which door a request or an act came."""

    TELEPHONE = "telephone"
    WEB = "web"
    MINIPROGRAM = "miniprogram"
    IMPORT = "import"
    ASSISTED = "assisted"
    DESK = "desk"
    LINK = "link"
    SYSTEM = "system"


DOOR_WORDS = {
    Door.TELEPHONE: N_("电话"),
    Door.WEB: N_("网页"),
    Door.MINIPROGRAM: N_("小程序"),
    Door.IMPORT: N_("导入"),
    Door.ASSISTED: N_("窗口代办"),
    Door.DESK: N_("工作台"),
    Door.LINK: N_("专用链接"),
    Door.SYSTEM: N_("系统"),
}


class CloseReason(StrEnum):
    """Why a ticket is closed; counted apart."""

    ANSWERED_ON_CALL = "answered_on_call"
    CONFIRMED = "confirmed"
    NO_OBJECTION = "no_objection"
    NOT_ACCEPTED = "not_accepted"
    WITHDRAWN = "withdrawn"


CLOSE_WORDS = {
    CloseReason.ANSWERED_ON_CALL: N_("通话中已答复"),
    CloseReason.CONFIRMED: N_("企业已认可"),
    CloseReason.NO_OBJECTION: N_("到期未提出异议"),
    CloseReason.NOT_ACCEPTED: N_("不予受理"),
    CloseReason.WITHDRAWN: N_("企业撤回"),
}


class Result(StrEnum):
    """What an answer achieved, by the bureau's own word."""

    SOLVED = "solved"
    EXPLAINED = "explained"
    PARTLY = "partly"
    NOT_POSSIBLE = "not_possible"


RESULT_WORDS = {
    Result.SOLVED: N_("已解决"),
    Result.EXPLAINED: N_("已解释"),
    Result.PARTLY: N_("部分解决"),
    Result.NOT_POSSIBLE: N_("无法解决"),
}


class RejectReason(StrEnum):
    """The closed list of reasons for not accepting a request (domain.md section 3)."""

    IN_COURT = "in_court"
    FINAL_REVIEW = "final_review"
    STATE_SECRET = "state_secret"  # noqa: S105  a legal ground, not a credential
    NO_MATTER = "no_matter"
    OUTSIDE_PROVINCE = "outside_province"
    DISCIPLINE = "discipline"


REJECT_WORDS = {
    RejectReason.IN_COURT: N_("已进入诉讼或仲裁"),
    RejectReason.FINAL_REVIEW: N_("信访已复核终结"),
    RejectReason.STATE_SECRET: N_("涉及国家秘密"),
    RejectReason.NO_MATTER: N_("没有具体事项"),
    RejectReason.OUTSIDE_PROVINCE: N_("不属于本省职权"),
    RejectReason.DISCIPLINE: N_("属于纪检监察机关受理范围"),
}

RIGHT_DOOR_WORDS = {
    "court": N_("人民法院"),
    "arbitration": N_("仲裁机构"),
    "discipline": N_("纪检监察机关（12388）"),
    "12345": N_("12345 政务服务热线"),
    "another_province": N_("相关省份的主管部门"),
    "petition": N_("信访部门"),
}


class ReturnReason(StrEnum):
    """Why a bureau says that a ticket is not its own."""

    NOT_OUR_DUTY = "not_our_duty"
    OTHER_LEVEL = "other_level"
    OTHER_REGION = "other_region"
    NEEDS_SEVERAL = "needs_several"


RETURN_WORDS = {
    ReturnReason.NOT_OUR_DUTY: N_("不属于本单位职责"),
    ReturnReason.OTHER_LEVEL: N_("应由上级或下级单位承办"),
    ReturnReason.OTHER_REGION: N_("不属于本地管辖"),
    ReturnReason.NEEDS_SEVERAL: N_("需要多个单位共同办理"),
}


class SuspendReason(StrEnum):
    """The lawful grounds for stopping the answer clocks."""

    INSPECTION = "inspection"
    APPRAISAL = "appraisal"
    HEARING = "hearing"
    FORCE_MAJEURE = "force_majeure"


SUSPEND_WORDS = {
    SuspendReason.INSPECTION: N_("法定检验检测"),
    SuspendReason.APPRAISAL: N_("鉴定"),
    SuspendReason.HEARING: N_("听证"),
    SuspendReason.FORCE_MAJEURE: N_("不可抗力"),
}


class Role(StrEnum):
    """What an account may be, somewhere (a bureau) or everywhere."""

    OPERATOR = "operator"
    DISPATCHER = "dispatcher"
    HANDLER = "handler"
    HEAD = "head"
    SUPERVISOR = "supervisor"
    ADMIN = "admin"
    AUDITOR = "auditor"


ROLE_WORDS = {
    Role.OPERATOR: N_("话务员"),
    Role.DISPATCHER: N_("派单员"),
    Role.HANDLER: N_("承办人"),
    Role.HEAD: N_("承办单位负责人"),
    Role.SUPERVISOR: N_("督办员"),
    Role.ADMIN: N_("管理员"),
    Role.AUDITOR: N_("审计员"),
}

#: Words of the ladder for people -> roles.
RUNG_ROLES = {
    "handler": Role.HANDLER,
    "head": Role.HEAD,
    "supervisor": Role.SUPERVISOR,
    "duty_supervisor": Role.SUPERVISOR,
    "duty_desk": Role.DISPATCHER,
}


class ClockKind(StrEnum):
    """Which promise a clock keeps."""

    DISPATCH = "dispatch"
    ACCEPTANCE = "acceptance"
    CONTACT = "contact"
    ANSWER = "answer"
    SHARE = "share"
    REWORK = "rework"
    FOLLOW_UP = "follow_up"
    PLAN = "plan"


CLOCK_WORDS = {
    ClockKind.DISPATCH: N_("派单时限"),
    ClockKind.ACCEPTANCE: N_("签收时限"),
    ClockKind.CONTACT: N_("首次联系时限"),
    ClockKind.ANSWER: N_("答复承诺时限"),
    ClockKind.SHARE: N_("单位用时"),
    ClockKind.REWORK: N_("重办时限"),
    ClockKind.FOLLOW_UP: N_("回访时限"),
    ClockKind.PLAN: N_("协调方案时限"),
}

#: The same where a message names it in the reader's own language, with no catalog at hand.
CLOCK_NAMES: dict[str, dict[ClockKind, str]] = {
    "zh": {kind: str(word) for kind, word in CLOCK_WORDS.items()},
    "en": {
        ClockKind.DISPATCH: "the dispatch limit",
        ClockKind.ACCEPTANCE: "the acceptance limit",
        ClockKind.CONTACT: "the limit for first contact",
        ClockKind.ANSWER: "the promised answer",
        ClockKind.SHARE: "the bureau's own time",
        ClockKind.REWORK: "the rework limit",
        ClockKind.FOLLOW_UP: "the follow-up limit",
        ClockKind.PLAN: "the limit of the coordination plan",
    },
}


class PresenceState(StrEnum):
    """What an operator is doing, by their own word."""

    READY = "ready"
    BUSY = "busy"
    WRAP_UP = "wrap_up"
    PAUSE = "pause"


PRESENCE_WORDS = {
    PresenceState.READY: N_("空闲"),
    PresenceState.BUSY: N_("通话中"),
    PresenceState.WRAP_UP: N_("整理中"),
    PresenceState.PAUSE: N_("暂离"),
}
