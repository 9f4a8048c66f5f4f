"""The province as the pack loads it: regions, bureaus, hotlines, topics, and versioned policy documents."""

import datetime as dt
from typing import Any

from sqlalchemy import ForeignKey, Index, SmallInteger, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from ticketing.extensions import Model


class Region(Model):
    """区划: province, prefecture or county, by GB/T 2260 code."""

    __tablename__ = "region"

    code: Mapped[str] = mapped_column(primary_key=True)
    name_zh: Mapped[str]
    short_name_zh: Mapped[str]
    name_en: Mapped[str]
    level: Mapped[str]
    parent_code: Mapped[str | None] = mapped_column(ForeignKey("region.code"))
    aliases: Mapped[list[str]]
    position: Mapped[int]
    active: Mapped[bool] = mapped_column(default=True)


class Bureau(Model):
    """承办单位: a department, a local bureau, a service hall or a trading centre."""

    __tablename__ = "bureau"

    code: Mapped[str] = mapped_column(primary_key=True)
    name_zh: Mapped[str]
    short_name_zh: Mapped[str]
    name_en: Mapped[str]
    level: Mapped[str]
    region_code: Mapped[str] = mapped_column(ForeignKey("region.code"))
    parent_code: Mapped[str | None] = mapped_column(ForeignKey("bureau.code"))
    line: Mapped[str]
    duties_zh: Mapped[str]
    position: Mapped[int]
    active: Mapped[bool] = mapped_column(default=True)


class Hotline(Model):
    """热线: one published number and the bureau that promised to answer it."""

    __tablename__ = "hotline"

    number: Mapped[str] = mapped_column(primary_key=True)
    label_zh: Mapped[str]
    label_en: Mapped[str]
    bureau_code: Mapped[str] = mapped_column(ForeignKey("bureau.code"))
    region_code: Mapped[str] = mapped_column(ForeignKey("region.code"))
    kind: Mapped[str]
    hours: Mapped[str]
    languages: Mapped[list[str]]
    priority: Mapped[int] = mapped_column(SmallInteger)
    position: Mapped[int]
    active: Mapped[bool] = mapped_column(default=True)


class Topic(Model):
    """事项主题: what requests are about, each with one primary line."""

    __tablename__ = "topic"

    code: Mapped[str] = mapped_column(primary_key=True)
    name_zh: Mapped[str]
    name_en: Mapped[str]
    line: Mapped[str]
    type_default: Mapped[str]
    needs_region: Mapped[bool]
    typical_bureau_level: Mapped[str]
    keywords_zh: Mapped[list[str]]
    example_zh: Mapped[str]
    position: Mapped[int]
    active: Mapped[bool] = mapped_column(default=True)


class PolicyDocument(Model):
    """One published version of a policy: SLA, calendar, routing rules, coordination template, pack sheet.

    Append-only: a change is a new version, decisions and clocks name the one that they used.
    """

    __tablename__ = "policy_document"
    __table_args__ = (
        UniqueConstraint("kind", "code", "version"),
        Index("ix_policy_document_current", "kind", "code", "id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str]
    code: Mapped[str]
    version: Mapped[str]
    author: Mapped[str]
    published_on: Mapped[dt.date]
    loaded_at: Mapped[dt.datetime]
    body: Mapped[dict[str, Any]]
