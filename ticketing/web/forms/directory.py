"""A hotline, a bureau and a topic as administrators write them; the service checks, these take in and show."""

import re
from typing import Any

from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, SelectField, StringField
from wtforms.validators import Optional

from routing.directory import BUREAU_LEVELS, HOTLINE_KINDS
from ticketing.domain.vocabulary import TYPE_WORDS
from ticketing.domain.words import N_
from ticketing.web.forms.actions import area, bureau_field
from ticketing.web.forms.base import Form, most, option, required, worded

#: At which level a matter of a topic is usually answered.
LEVEL_WORDS = dict(zip(BUREAU_LEVELS, (N_("省级部门"), N_("市级单位"), N_("政务服务大厅")), strict=True))
HOTLINE_WORDS = dict(zip(HOTLINE_KINDS, (N_("部门热线"), N_("城市热线"), N_("政务服务大厅")), strict=True))
_BETWEEN = re.compile(r"[\s,，、;；]+")


def name(label: Any) -> StringField:
    """Return a field for a name."""
    return StringField(label, validators=[required(), most(100)])


class HotlineForm(Form):
    """热线."""

    renamed = {"bureau_code": "bureau"}
    number = StringField(
        _l("号码"),
        validators=[required()],
        description=_l("换号码时旧号码停用，旧工单照旧显示。例如 +8645187001234"),
    )
    label_zh = name(_l("中文名称"))
    label_en = name(_l("英文名称"))
    bureau = bureau_field(_l("接听单位"))
    region_code = SelectField(_l("地区"), validators=[required()])
    kind = SelectField(_l("类别"), choices=worded(HOTLINE_WORDS))
    hours = StringField(
        _l("接听时间"), validators=[required()], description=_l("写 24h，或 Mon-Fri 08:30-17:00")
    )
    languages = StringField(_l("语言"), validators=[required()], description=_l("例如 zh、en"))
    priority = SelectField(_l("优先级"), choices=[option(str(n), str(n)) for n in range(1, 10)])
    active = BooleanField(_l("在用"))

    def values(self, bureau_code: str | None) -> dict[str, Any]:
        """Return the columns of the row."""
        return {
            "number": (self.number.data or "").strip(),
            "label_zh": (self.label_zh.data or "").strip(),
            "label_en": (self.label_en.data or "").strip(),
            "bureau_code": bureau_code,
            "region_code": self.region_code.data,
            "kind": self.kind.data,
            "hours": (self.hours.data or "").strip(),
            "languages": words_of(self.languages.data),
            "priority": int(self.priority.data),
            "active": self.active.data,
        }


class BureauForm(Form):
    """承办单位."""

    renamed = {"parent_code": "bureau"}
    name_zh = name(_l("全称"))
    short_name_zh = name(_l("简称"))
    name_en = name(_l("英文名称"))
    bureau = bureau_field(_l("上级单位"), needed=False)
    region_code = SelectField(_l("地区"), validators=[required()])
    line = StringField(
        _l("条线"),
        validators=[required(), most(40)],
        description=_l("决定哪些事项派给它，改动前请先看路由规则。"),
    )
    duties_zh = area(_l("职责"), rows=4)
    heads = StringField(
        _l("负责人"),
        validators=[Optional()],
        description=_l("写账号名，几位用顿号分开；发布时授予或收回负责人角色。"),
    )
    active = BooleanField(_l("在用"))

    def values(self, parent_code: str | None) -> dict[str, Any]:
        """Return the columns of the row and the user names of the heads."""
        return {
            "name_zh": (self.name_zh.data or "").strip(),
            "short_name_zh": (self.short_name_zh.data or "").strip(),
            "name_en": (self.name_en.data or "").strip(),
            "parent_code": parent_code,
            "region_code": self.region_code.data,
            "line": (self.line.data or "").strip(),
            "duties_zh": (self.duties_zh.data or "").replace("\r\n", "\n").strip(),
            "heads": sorted(words_of(self.heads.data)),
            "active": self.active.data,
        }


class TopicForm(Form):
    """事项主题."""

    name_zh = name(_l("中文名称"))
    name_en = name(_l("英文名称"))
    line = SelectField(
        _l("条线"), validators=[required()], description=_l("这个主题的诉求派给这个条线的单位。")
    )
    type_default = SelectField(_l("默认类型"), choices=worded(TYPE_WORDS))
    needs_region = BooleanField(_l("要问发生在哪里"))
    typical_bureau_level = SelectField(_l("通常由哪一级办理"), choices=worded(LEVEL_WORDS))
    keywords_zh = area(
        _l("关键词"), rows=3, hint=_l("几个词用顿号分开；一个词只能属于一个主题。"), needed=False
    )
    example_zh = area(_l("例子"), rows=3, hint=_l("一段诉求的写法，学习时也用它。"))
    active = BooleanField(_l("在用"))

    def values(self, _bureau_code: str | None) -> dict[str, Any]:
        """Return the columns of the row."""
        return {
            "name_zh": (self.name_zh.data or "").strip(),
            "name_en": (self.name_en.data or "").strip(),
            "line": self.line.data,
            "type_default": self.type_default.data,
            "needs_region": self.needs_region.data,
            "typical_bureau_level": self.typical_bureau_level.data,
            "keywords_zh": words_of(self.keywords_zh.data),
            "example_zh": (self.example_zh.data or "").replace("\r\n", "\n").strip(),
            "active": self.active.data,
        }


def words_of(typed: str | None) -> list[str]:
    """Return the words of a line, each once."""
    return list(dict.fromkeys(one for one in _BETWEEN.split(typed or "") if one))
