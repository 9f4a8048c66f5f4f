"""The province as routing sees it: places, bureaus, hotlines and topics, with the look-ups it needs."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property

PROVINCE, PREFECTURE, COUNTY, HALL = "province", "prefecture", "county", "hall"
REGION_LEVELS = (PROVINCE, PREFECTURE, COUNTY)
BUREAU_LEVELS = (PROVINCE, PREFECTURE, HALL)
HOTLINE_KINDS = ("department", "city", "hall")
TYPES = ("consultation", "help", "complaint", "suggestion", "report")


@dataclass(frozen=True, slots=True)
class Region:
    """A place with a code of GB/T 2260; `short_name_zh` is unique and safe to show alone."""

    code: str
    name_zh: str
    short_name_zh: str
    name_en: str
    level: str
    parent_code: str | None
    aliases: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Bureau:
    """Who answers; `line` (条) and `region_code` (块) say for what and where."""

    code: str
    name_zh: str
    short_name_zh: str
    name_en: str
    level: str
    region_code: str
    parent_code: str | None
    line: str
    duties_zh: str


@dataclass(frozen=True, slots=True)
class Hotline:
    """One telephone number, E.164; `priority` 1 is answered first."""

    number: str
    label_zh: str
    label_en: str
    bureau_code: str
    region_code: str
    kind: str
    hours: str
    languages: tuple[str, ...]
    priority: int


@dataclass(frozen=True, slots=True)
class Topic:
    """A kind of matter with its one primary line; a keyword belongs to one topic alone."""

    code: str
    name_zh: str
    name_en: str
    line: str
    type_default: str
    needs_region: bool
    typical_bureau_level: str
    keywords_zh: tuple[str, ...]
    example_zh: str


@dataclass(frozen=True, eq=False)
class Directory:
    """The rows by code, in display order. Compared by identity: what is compiled from one belongs to it."""

    regions: Mapping[str, Region]
    bureaus: Mapping[str, Bureau]
    hotlines: Mapping[str, Hotline]
    topics: Mapping[str, Topic]

    @classmethod
    def of(
        cls,
        *,
        regions: Iterable[Region],
        bureaus: Iterable[Bureau],
        hotlines: Iterable[Hotline],
        topics: Iterable[Topic],
    ) -> "Directory":
        """Index plain rows; they must be consistent with each other, as a checked pack or a database is."""
        return cls(
            regions={region.code: region for region in regions},
            bureaus={bureau.code: bureau for bureau in bureaus},
            hotlines={hotline.number: hotline for hotline in hotlines},
            topics={topic.code: topic for topic in topics},
        )

    def prefecture_of(self, region_code: str | None) -> Region | None:
        """Return the prefecture that the place is or lies in; nothing for the province itself."""
        region = self.regions.get(region_code or "")
        while region is not None and region.level == COUNTY:
            region = self.regions.get(region.parent_code or "")
        return region if region is not None and region.level == PREFECTURE else None

    def lies_in(self, region_code: str, outer_code: str) -> bool:
        """Say whether the place is `outer_code` or lies somewhere inside it."""
        code: str | None = region_code
        while code is not None and code != outer_code:
            region = self.regions.get(code)
            code = region.parent_code if region is not None else None
        return code == outer_code

    def local_bureau(self, line: str, region_code: str | None) -> Bureau | None:
        """Return the line's bureau in the prefecture of the place, where the directory has one."""
        prefecture = self.prefecture_of(region_code)
        return self._local.get((line, prefecture.code)) if prefecture else None

    def provincial_bureau(self, line: str) -> Bureau | None:
        """Return the line's department at the province."""
        return self._provincial.get(line)

    def has_local_bureaus(self, line: str) -> bool:
        """Say whether any prefecture has a bureau of this line; organs without one answer at the province."""
        return line in self._lines_with_local_bureaus

    @cached_property
    def province(self) -> Region:
        """Return the root of the regions."""
        return next(region for region in self.regions.values() if region.level == PROVINCE)

    @cached_property
    def _provincial(self) -> dict[str, Bureau]:
        return {bureau.line: bureau for bureau in self.bureaus.values() if bureau.level == PROVINCE}

    @cached_property
    def _local(self) -> dict[tuple[str, str], Bureau]:
        return {
            (bureau.line, bureau.region_code): bureau
            for bureau in self.bureaus.values()
            if bureau.level == PREFECTURE
        }

    @cached_property
    def _lines_with_local_bureaus(self) -> frozenset[str]:
        return frozenset(line for line, _ in self._local)
