"""What the audit log tells of, with the word for each."""

from enum import StrEnum

from ticketing.domain.words import N_


class AuditKind(StrEnum):
    """A deed that somebody may ask about later."""

    LOGIN = "login"
    LOGIN_FAILED = "login_failed"
    LOCKED = "locked"
    LOGOUT = "logout"
    CREATED = "created"
    CHANGED = "changed"
    GRANTED = "granted"
    REVOKED = "revoked"
    PASSWORD = "password"  # noqa: S105  the name of a deed
    STOPPED = "stopped"
    ADMITTED = "admitted"
    UNLOCKED = "unlocked"
    DEPUTY = "deputy"
    DEPUTY_ENDED = "deputy_ended"
    REVEAL = "reveal"
    REVEAL_CALL = "reveal_call"
    EXPORT = "export"
    PUBLISHED = "published"
    PACK = "pack"
    RETRIED = "retried"
    IMPORT = "import"


AUDIT_WORDS = {
    AuditKind.LOGIN: N_("登录"),
    AuditKind.LOGIN_FAILED: N_("登录失败"),
    AuditKind.LOCKED: N_("多次输错，锁定"),
    AuditKind.LOGOUT: N_("退出登录"),
    AuditKind.CREATED: N_("新建账号"),
    AuditKind.CHANGED: N_("修改账号资料"),
    AuditKind.GRANTED: N_("授予角色"),
    AuditKind.REVOKED: N_("收回角色"),
    AuditKind.PASSWORD: N_("重设密码"),
    AuditKind.STOPPED: N_("停用账号"),
    AuditKind.ADMITTED: N_("启用账号"),
    AuditKind.UNLOCKED: N_("解除锁定"),
    AuditKind.DEPUTY: N_("登记代理"),
    AuditKind.DEPUTY_ENDED: N_("结束代理"),
    AuditKind.REVEAL: N_("查看诉求联系方式"),
    AuditKind.REVEAL_CALL: N_("查看来电号码"),
    AuditKind.EXPORT: N_("导出"),
    AuditKind.PUBLISHED: N_("发布"),
    AuditKind.PACK: N_("装入数据包"),
    AuditKind.RETRIED: N_("重试"),
    AuditKind.IMPORT: N_("导入名单"),
}
