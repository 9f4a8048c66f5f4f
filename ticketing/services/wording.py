"""What is said to enterprises and to staff when something has happened; enterprises get their own language."""

from dataclasses import dataclass

from ticketing.domain.words import N_


@dataclass(frozen=True)
class Letter:
    """A message to the enterprise: subject and body in both languages, `%(name)s` places filled per ticket."""

    subject_zh: str
    subject_en: str
    zh: str
    en: str

    def said(self, locale: str, values: dict[str, str]) -> tuple[str, str]:
        """Return subject and body in the enterprise's language."""
        english = locale == "en"
        subject, body = (self.subject_en, self.en) if english else (self.subject_zh, self.zh)
        return subject % values, body % values


LETTERS: dict[str, Letter] = {
    "TicketOpened": Letter(
        "已收到您的诉求 %(number)s",
        "We have your request %(number)s",
        "已收到您的诉求，事项编码 %(number)s，%(promise)s。凭编码和查询密码可查进度：%(link)s",
        "We have received your request %(number)s; %(promise)s. Follow it with number and password: %(link)s",
    ),
    "TicketDispatched": Letter(
        "您的诉求已转办 %(number)s",
        "Your request %(number)s has a bureau",
        "您的诉求 %(number)s 由%(bureau)s承办，%(promise)s。查询：%(link)s",
        "%(bureau)s now handles your request %(number)s; %(promise)s. %(link)s",
    ),
    "RequesterAsked": Letter(
        "请补充材料 %(number)s",
        "Please add something to %(number)s",
        "办理您的诉求 %(number)s 需要您补充：%(text)s 请登录补充：%(link)s",
        "To go on with %(number)s we need from you: %(text)s Please answer at %(link)s",
    ),
    "RequesterTold": Letter(
        "承办单位有消息 %(number)s",
        "News on %(number)s",
        "关于您的诉求 %(number)s，%(bureau)s告知：%(text)s",
        "About your request %(number)s, %(bureau)s tells you: %(text)s",
    ),
    "PromiseMoved": Letter(
        "办理时限有变化 %(number)s",
        "The deadline of %(number)s has moved",
        "您的诉求 %(number)s 办理时限有变化%(reason)s，%(promise)s。查询：%(link)s",
        "The deadline of %(number)s has moved%(reason)s; %(promise)s. %(link)s",
    ),
    "TicketAnswered": Letter(
        "您的诉求已答复 %(number)s",
        "Your request %(number)s has an answer",
        "您的诉求 %(number)s 已由%(bureau)s答复，请查看并评价，15 天内可以提出不认可：%(link)s",
        "%(bureau)s has answered %(number)s. Please read and judge it; you may contest it within 15 days: %(link)s",
    ),
    "TicketClosed": Letter(
        "您的诉求已办结 %(number)s",
        "Your request %(number)s is closed",
        "您的诉求 %(number)s 已办结。有不同意见可再次联系我们：%(link)s",
        "Your request %(number)s is closed. If you disagree, come back to us: %(link)s",
    ),
}

#: In-app notices for staff; translated when they are shown.
NOTICES: dict[str, str] = {
    "TicketOpened": N_("新工单待派单：%(subject)s"),
    "TicketDispatched": N_("新工单待签收：%(subject)s"),
    "TicketAssigned": N_("指派给您：%(subject)s"),
    "TicketReturned": N_("退单待裁定：%(subject)s"),
    "ReturnAdjudicated": N_("退单已裁定：%(subject)s"),
    "AdjudicationLate": N_("退单超过 4 个工作小时仍未裁定：%(subject)s"),
    "RequesterSupplied": N_("企业已补充或补充已到期：%(subject)s"),
    "RequesterWrote": N_("企业催办：%(subject)s"),
    "FileAdded": N_("企业补充了附件：%(subject)s"),
    "AnswerContested": N_("企业不认可，要求重办：%(subject)s"),
    "ApprovalAsked": N_("待您审核：%(subject)s"),
    "ApprovalOverdue": N_("审核已超时，请尽快决定：%(subject)s"),
    "ApprovalDecided": N_("审核有了结果：%(subject)s"),
    "CaseOpened": N_("启动协调：%(subject)s"),
    "StepReady": N_("协调环节轮到您：%(step)s（%(subject)s）"),
    "StepDisputed": N_("两方名单不一致，环节已停：%(step)s（%(subject)s）"),
    "CaseClosed": N_("协调事项已统一答复：%(subject)s"),
    "OrderIssued": N_("督办单：%(subject)s"),
    "TicketClosed": N_("已办结：%(subject)s"),
    "BureauListed": N_("本单位被列入通报：%(subject)s"),
}
RUNG_NOTICES: dict[str, str] = {
    "warn": N_("时限临近：%(subject)s"),
    "overdue": N_("已经超时：%(subject)s"),
    "urge": N_("时限已到，请尽快办理：%(subject)s"),
    "supervise": N_("超时已督办：%(subject)s"),
    "propose_list": N_("建议通报：%(subject)s"),
    "propose_case": N_("超时启动协调，请确认方案：%(subject)s"),
    "list": N_("列入通报：%(subject)s"),
}
#: Text messages to staff on the way past a due time; a warning before it goes by text for critical requests alone.
RUNG_LETTERS: dict[str, Letter] = {
    "warn": Letter(
        "时限临近 %(number)s",
        "Deadline near %(number)s",
        "特急诉求 %(number)s 的%(clock)s临近，请登录处理：%(link)s",
        "Critical request %(number)s: %(clock)s is near. %(link)s",
    ),
    "overdue": Letter(
        "已经超时 %(number)s",
        "Overdue %(number)s",
        "诉求 %(number)s 的%(clock)s已过，请督促办理：%(link)s",
        "Request %(number)s: %(clock)s has passed, please see that somebody acts. %(link)s",
    ),
    "urge": Letter(
        "时限已到 %(number)s",
        "Overdue %(number)s",
        "诉求 %(number)s 的%(clock)s已到，请尽快办理：%(link)s",
        "Request %(number)s: %(clock)s has passed, please act. %(link)s",
    ),
    "supervise": Letter(
        "超时督办 %(number)s",
        "Order on %(number)s",
        "诉求 %(number)s 的%(clock)s已超，已发督办单：%(link)s",
        "Request %(number)s: %(clock)s was missed, an order has been issued. %(link)s",
    ),
    "propose_list": Letter(
        "建议通报 %(number)s",
        "Proposed for the list: %(number)s",
        "诉求 %(number)s 的%(clock)s超过 3 个工作日，建议通报，请决定：%(link)s",
        "Request %(number)s: %(clock)s missed by 3 working days, proposed for the criticism list. %(link)s",
    ),
    "list": Letter(
        "列入通报 %(number)s",
        "Listed: %(number)s",
        "诉求 %(number)s 的%(clock)s长时间超时，已列入通报：%(link)s",
        "Request %(number)s: %(clock)s missed for long, listed. %(link)s",
    ),
}
PROMISES = {"zh": "答复期限 %(due)s", "en": "an answer is due by %(due)s"}
BECAUSE = {"zh": "，原因：%(text)s", "en": " because: %(text)s"}
"""Why a deadline moved; left out where nobody had to say it, as when a pause ends."""
NO_PROMISE = {"zh": "期限待定", "en": "the deadline is open"}
CODE = Letter(
    "验证码",
    "Code",
    "验证码 %(code)s，10 分钟内有效，用于重新取得事项 %(number)s 的查询密码。不要告诉别人。",
    "Code %(code)s, good for 10 minutes, for a new query password of %(number)s. Tell nobody.",
)
SIGN_IN_CODE = Letter(
    "验证码",
    "Code",
    "验证码 %(code)s，10 分钟内有效，用于登录企业账号。不要告诉别人，工作人员也不会向您要。",
    "Code %(code)s, good for 10 minutes, to sign in for your enterprise. Tell nobody; we never ask for it.",
)
PROOF_CODE = Letter(
    "企业核实验证码",
    "Code to prove your enterprise",
    "手机尾号 %(tail)s 的人申请管理“%(enterprise)s”的企业账号。同意的，把验证码 %(code)s 告诉本人，"
    "10 分钟内有效；不认识的，不要告诉别人。",
    "Somebody whose phone ends in %(tail)s asks to manage the account of %(enterprise)s. If you agree, tell that "
    "person the code %(code)s, good for 10 minutes; if not, tell nobody.",
)
INVITATION = Letter(
    "请您加入企业账号",
    "You are invited to your enterprise's account",
    "%(who)s请您加入“%(enterprise)s”的企业账号，七天内有效：%(link)s",
    "%(who)s invites you to the account of %(enterprise)s; good for seven days: %(link)s",
)
CALL_DECIDED = {
    True: Letter(
        "企业已核实",
        "Your enterprise is proved",
        "“%(enterprise)s”已核实，您可以登录查看全部诉求：%(link)s",
        "%(enterprise)s is proved. Sign in to see all of its requests: %(link)s",
    ),
    False: Letter(
        "企业没有核实",
        "Your enterprise could not be proved",
        "我们没有核实到您代表“%(enterprise)s”。原因：%(note)s 可以重新申请：%(link)s",
        "We could not prove that you act for %(enterprise)s. Reason: %(note)s You may ask again: %(link)s",
    ),
}
#: What happened to an enterprise's account, for its managers; keys as in `domain.enterprise.LOG_WORDS`.
ACCOUNT_CHANGED = Letter(
    "企业账号有变动",
    "Your enterprise's account has changed",
    "“%(enterprise)s”的企业账号：%(what_zh)s（%(who)s）。不是您或同事做的，请马上打电话给我们。查看：%(link)s",
    "Account of %(enterprise)s: %(what_en)s (%(who)s). If none of you did this, call us at once. %(link)s",
)
PARTY_LINK = Letter(
    "请您参与协调事项",
    "You take part in a coordination case",
    "请您参与协调事项“%(aim)s”，您的专用链接（%(days)s 天内有效，请勿转发）：%(link)s 打开时还要输入发到本机的验证码。",
    "You take part in “%(aim)s”. Your personal link (good for %(days)s days, do not pass it on): %(link)s",
)
PARTY_CODE = Letter(
    "验证码",
    "Code",
    "验证码 %(code)s，10 分钟内有效，用于打开协调事项的专用链接。不要告诉别人。",
    "Code %(code)s, good for 10 minutes, to open your personal link. Tell nobody.",
)
PARTY_STEP = Letter(
    "协调事项轮到您了",
    "Your step of a coordination case",
    "协调事项“%(aim)s”的环节“%(step)s”轮到您办理，请在 %(due)s 前完成。请用您的专用链接打开。",
    "Your step “%(step)s” of “%(aim)s” has begun; it is due by %(due)s. Please use your personal link.",
)
#: What a rung of a step's ladder says.
STEP_NOTICES: dict[str, str] = {
    "warn": N_("协调环节时限临近：%(step)s（%(subject)s）"),
    "urge": N_("协调环节时限已到：%(step)s（%(subject)s）"),
    "supervise": N_("协调环节超时，已督办：%(step)s（%(subject)s）"),
    "list": N_("协调环节严重超时：%(step)s（%(subject)s）"),
}
