"""Words of an enterprise's account: what its people may be, and what can happen to it."""

from enum import StrEnum

from ticketing.domain.words import N_


class EnterpriseRole(StrEnum):
    """管理人 look after the people of the account; 经办人 work on its requests."""

    MANAGER = "manager"
    CLERK = "clerk"


ENTERPRISE_ROLE_WORDS = {
    EnterpriseRole.MANAGER: N_("管理人"),
    EnterpriseRole.CLERK: N_("经办人"),
}

#: The ways to be told, in the order of the form.
CHANNEL_WORDS = {"sms": N_("短信"), "mail": N_("电子邮件"), "wechat": N_("微信")}


class Happened(StrEnum):
    """What the log of an account can say."""

    PROVED = "proved"
    INVITED = "invited"
    REVOKED = "revoked"
    JOINED = "joined"
    ENDED = "ended"
    ROLE = "role"
    CLAIMED = "claimed"


HAPPENED_WORDS = {
    Happened.PROVED: N_("核实了企业，成为管理人"),
    Happened.INVITED: N_("邀请了%(whom)s"),
    Happened.REVOKED: N_("撤回了给%(whom)s的邀请"),
    Happened.JOINED: N_("接受邀请加入"),
    Happened.ENDED: N_("让%(whom)s退出"),
    Happened.ROLE: N_("改了%(whom)s的身份"),
    Happened.CLAIMED: N_("把诉求 %(number)s 归到企业账号"),
}

#: The same for letters, which go out in the language of who gets them.
HAPPENED_ENGLISH = {
    Happened.PROVED: "proved the enterprise and became a manager",
    Happened.INVITED: "invited %(whom)s",
    Happened.REVOKED: "withdrew the invitation of %(whom)s",
    Happened.JOINED: "joined by invitation",
    Happened.ENDED: "ended the access of %(whom)s",
    Happened.ROLE: "changed the role of %(whom)s",
    Happened.CLAIMED: "took over request %(number)s",
}
