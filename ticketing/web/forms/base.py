"""The base of our forms: words in the reader's language, domain errors shown at their field."""

from collections.abc import Mapping
from typing import Any

from flask import g
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import Field
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired, Length

from ticketing.domain.errors import DomainError, InvalidFields
from ticketing.web.i18n import sentence


class Form(FlaskForm):
    """A form whose errors come from the domain: `show(error)` puts each at its field or on top.

    `renamed`: field of the domain -> field of this form, where the two differ.
    """

    renamed: dict[str, str] = {}

    def validate(self, *given: Any, **more: Any) -> bool:
        """Check the fields; the title of the page says first that something is to be corrected."""
        fits = super().validate(*given, **more)
        g.refused = g.get("refused", False) or not fits
        return bool(fits)

    @property
    def at_fields(self) -> bool:
        """Whether anything is wrong at a field, and not only with the whole."""
        return any(field.errors for field in self)

    def show(self, error: DomainError) -> None:
        """Put a refusal where the reader can mend it; what was typed stays."""
        g.refused = True
        for problem in error.problems if isinstance(error, InvalidFields) else [error]:
            name = self.renamed.get(problem.field or "", problem.field or "")
            field: Field | None = self._fields.get(name)
            if field is None:
                self.form_errors.append(sentence(problem))
            else:
                field.errors = [*field.errors, sentence(problem)]


def option(value: str, label: Any, group: str | None = None) -> SelectChoice:
    """Return one choice, in a group of a long list where given."""
    return SelectChoice(value, label, optgroup=group)


NOTHING = option("", "—")


def worded(table: Mapping[Any, str]) -> list[SelectChoice]:
    """Return the choices of an enumeration, translated when they are drawn."""
    return [option(str(value), _l(word)) for value, word in table.items()]


def required(message: Any = None) -> InputRequired:
    """Return the check for a field that must not be empty, in our words."""
    return InputRequired(message or _l("这一项不能为空。"))


def most(characters: int) -> Length:
    """Return the check for a longest text, in our words."""
    return Length(max=characters, message=_l("最多 %(max)d 个字。"))
