"""The fields of the query line, each with its names in both languages and a right example."""

from dataclasses import dataclass, replace
from enum import StrEnum, auto

from ticketing.domain.words import N_


class Field(StrEnum):
    """What a clause can ask about."""

    TEXT = auto()
    BUREAU = auto()
    STATE = auto()
    TYPE = auto()
    TOPIC = auto()
    URGENCY = auto()
    LINE = auto()
    REGION = auto()
    FROM = auto()
    IS = auto()
    DUE = auto()
    RECEIVED = auto()
    ENTERPRISE = auto()
    PERSON = auto()
    PHONE = auto()


class Kind(StrEnum):
    """How the value of a field is read."""

    TEXT = auto()
    NAME = auto()
    TIME = auto()


@dataclass(frozen=True)
class FieldSpec:
    """One field: its names (the first is the one that is completed), its word, an example, hints for free values."""

    field: Field
    names: tuple[str, ...]
    word: str
    example: str
    kind: Kind = Kind.NAME
    hints: tuple[str, ...] = ()
    example_en: str = ""

    def said(self, *, english: bool) -> "FieldSpec":
        """Return the field as it is said in a language: its first name, its example and its hints."""
        if not english:
            return self
        plain = tuple(sorted(self.hints, key=lambda hint: not hint.isascii()))
        names = (self.names[1], self.names[0], *self.names[2:])
        return replace(self, names=names, example=self.example_en, hints=plain)

    @property
    def name(self) -> str:
        """The name that is written."""
        return self.names[0]


F, K = Field, Kind
_SPECS = (
    FieldSpec(F.BUREAU, ("承办", "bureau", "承办单位", "单位"), N_("承办单位"), "承办:商务局",
              example_en="bureau:Commerce"),
    FieldSpec(F.STATE, ("状态", "state"), N_("状态"), "状态:办理中", example_en="state:in_progress"),
    FieldSpec(F.DUE, ("期限", "due", "时限"), N_("时限"), "期限<3天", K.TIME,
              ("3天", "1天", "4小时", "今天", "3d", "today"), "due<3d"),
    FieldSpec(F.IS, ("是", "is"), N_("情形"), "是:超时", example_en="is:overdue"),
    FieldSpec(F.TYPE, ("类型", "type"), N_("类型"), "类型:投诉", example_en="type:complaint"),
    FieldSpec(F.TOPIC, ("主题", "topic", "事项"), N_("事项主题"), "主题:乱收费", example_en="topic:fees"),
    FieldSpec(F.URGENCY, ("紧急", "urgency", "紧急程度"), N_("紧急程度"), "紧急:特急", example_en="urgency:critical"),
    FieldSpec(F.LINE, ("条线", "line"), N_("条线"), "条线:税务", example_en="line:tax"),
    FieldSpec(F.REGION, ("地区", "region", "区划"), N_("地区"), "地区:城区", example_en="region:District"),
    FieldSpec(F.FROM, ("来源", "from", "渠道"), N_("来源"), "来源:电话", example_en="from:telephone"),
    FieldSpec(F.RECEIVED, ("受理", "received", "来件"), N_("受理时间"), "受理<7天", K.TIME,
              ("7天", "30天", "今天", "昨天", "7d", "today"), "received<7d"),
    FieldSpec(F.TEXT, ("内容", "text"), N_("内容"), "内容:评标", K.TEXT, example_en="text:tender"),
    FieldSpec(F.ENTERPRISE, ("企业", "enterprise"), N_("企业"), "企业:火锅", K.TEXT, example_en="enterprise:hotpot"),
    FieldSpec(F.PERSON, ("联系人", "person"), N_("联系人"), "联系人:张建国", K.TEXT, example_en="person:Zhang"),
    FieldSpec(F.PHONE, ("电话", "phone", "尾号"), N_("电话"), "电话:0021", K.TEXT, example_en="phone:0021"),
)  # fmt: skip
FIELDS: dict[Field, FieldSpec] = {spec.field: spec for spec in _SPECS}
ALIASES: dict[str, Field] = {name: spec.field for spec in _SPECS for name in spec.names}

#: What `is:` may say, with its names.
CIRCUMSTANCES: dict[str, tuple[str, ...]] = {
    "overdue": (N_("超时"), "overdue", "逾期"),
    "open": (N_("在办"), "open", "未办结"),
    "closed": (N_("已办结"), "closed", "办结"),
    "mine": (N_("我的"), "mine"),
    "unassigned": (N_("没有指派"), "unassigned"),
    "contested": (N_("重办"), "contested", "不认可"),
    "returned": (N_("退过单"), "returned", "退单"),
    "extended": (N_("延期过"), "extended", "延期"),
    "merged": (N_("已并单"), "merged", "并单"),
}
CLOSED = "closed"
