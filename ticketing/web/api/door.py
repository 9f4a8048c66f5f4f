"""Opens the JSON door on an application, with its description in OpenAPI 3.1."""

import flask
import flask_smorest
from flask import Flask, Response, jsonify

from ticketing.extensions import csrf
from ticketing.web.api.account import account
from ticketing.web.api.account_people import account_people
from ticketing.web.api.account_settings import account_settings
from ticketing.web.api.articles import articles
from ticketing.web.api.lists import lists
from ticketing.web.api.own import own
from ticketing.web.api.parts import PREFIX
from ticketing.web.api.sessions import sessions
from ticketing.web.api.submit import submissions
from ticketing.web.api.wechat import wechat
from ticketing.web.guard import open_to_all
from ticketing.web.schemas.base import Problem

SCHEMES = {
    "ticket": {
        "type": "http",
        "scheme": "bearer",
        "description": "POST /sessions gives one for number and query password",
    },
    "person": {
        "type": "http",
        "scheme": "bearer",
        "description": "POST /my/sessions gives one for the code to a telephone; it ends with the working day",
    },
    "wechat": {
        "type": "http",
        "scheme": "bearer",
        "description": "POST /wechat/sessions gives one for a login code, where a mini-program is set up",
    },
}
description = flask.Blueprint("api_description", __name__, url_prefix=PREFIX)


class Door(flask_smorest.Api):
    """The description of the door; refusals are told by `web.errors`, as everywhere."""

    ERROR_SCHEMA = Problem

    def _register_error_handlers(self) -> None:
        """Register none."""

    def _register_pagination_header(self) -> None:
        """Register none: nothing here has pages."""


def init_app(app: Flask, *, with_wechat: bool) -> None:
    """Open the door; the WeChat login is there only where the settings name a mini-program."""
    door = Door(
        app,
        spec_kwargs={
            "title": "Enterprise requests",
            "version": "1",
            "openapi_version": "3.1.0",
            "servers": [{"url": "/"}],
            "info": {"description": "Submit a request, follow it with number and query password."},
        },
    )
    for name, scheme in SCHEMES.items():
        door.spec.components.security_scheme(name, scheme)
    parts = (lists, articles, submissions, sessions, own, account, account_people, account_settings)
    for blueprint in (*parts, *([wechat] if with_wechat else [])):
        csrf.exempt(blueprint)
        door.register_blueprint(blueprint, url_prefix=PREFIX)
    app.register_blueprint(description)
    app.extensions["door"] = door


@description.get("/openapi.json")
@open_to_all
def openapi() -> Response:
    """Return the description."""
    return jsonify(flask.current_app.extensions["door"].spec.to_dict())
