"""What the JSON views share: how bodies are read, and which refusals a view names in the description."""

import json
from collections.abc import Callable, Iterator
from http import HTTPStatus
from typing import Any, NoReturn

import flask_smorest
from flask import Request, current_app
from marshmallow import Schema, ValidationError
from webargs.core import is_json, missing
from webargs.flaskparser import FlaskParser
from werkzeug.exceptions import BadRequest, UnsupportedMediaType

from ticketing.domain.errors import Invalid, InvalidFields

PREFIX = "/api/v1"
View = Callable[..., Any]


class Parser(FlaskParser):
    """Reads JSON and uploads; what cannot be read is refused before any schema looks at it."""

    def load_json(self, req: Request, _schema: Schema) -> Any:
        """Return the body, or `missing` where there is none.

        Raises:
            UnsupportedMediaType: the body is not said to be JSON.
            BadRequest: it is not JSON, or nested or long beyond what the reader can take.
        """
        req.max_content_length = current_app.config["MAX_FORM_MEMORY_SIZE"]
        body = req.get_data()
        if not body:
            return missing
        if not is_json(req.mimetype):
            raise UnsupportedMediaType
        try:
            return json.loads(body.decode())
        except (ValueError, RecursionError):
            raise BadRequest from None

    def load_files(self, req: Request, schema: Schema) -> Any:
        """Return the uploaded files.

        Raises:
            UnsupportedMediaType: the body is no form with files.
        """
        if req.mimetype != "multipart/form-data":
            raise UnsupportedMediaType
        return super().load_files(req, schema)

    def handle_error(self, error: ValidationError, *_more: Any, **_named: Any) -> NoReturn:
        """Refuse as the domain does: a sentence at each field, or one for the whole."""
        problems = [
            Invalid(text, field=field)
            for messages in error.normalized_messages().values()
            for field, text in _sentences(messages)
        ]
        raise problems[0] if problems[0].field is None else InvalidFields(problems)


def _sentences(messages: Any, path: str = "") -> Iterator[tuple[str | None, str]]:
    """Return the first sentence at each field; fields within fields are named with dots."""
    if isinstance(messages, dict):
        for name, inner in messages.items():
            yield from _sentences(inner, path if name == "_schema" else f"{path}.{name}".strip("."))
    else:
        yield path or None, str(messages[0])


class Blueprint(flask_smorest.Blueprint):
    """A blueprint whose bodies are read by our parser."""

    ARGUMENTS_PARSER = Parser()


def refuses(blueprint: Blueprint, *statuses: int) -> Callable[[View], View]:
    """Name the refusals of a view in the description; all have the shape of `schemas.base.Problem`."""

    def wrap(view: View) -> View:
        for status in statuses:
            view = blueprint.alt_response(status, HTTPStatus(status).name)(view)
        return view

    return wrap


#: How a body can be wrong.
BODY = (400, 413, 415, 422)
