"""What has a name in both languages and may stand in a refusal."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Named:
    """A name in Chinese and in English."""

    name_zh: str
    name_en: str

    def __str__(self) -> str:
        """Return the name that stands in a refusal, until the web says it in the reader's language."""
        return self.name_zh
