"""Reference lists: what a request can be about, and where."""

import dataclasses
from collections.abc import Iterable
from typing import Any

from flask import Response

from routing import directory
from ticketing.web.api.parts import Blueprint
from ticketing.web.context import province
from ticketing.web.guard import open_to_all
from ticketing.web.schemas.lists import Region, Topic

lists = Blueprint("lists", __name__, description="What a request can be about, and where")


@lists.after_request
def keep(response: Response) -> Response:
    """Let clients keep a list and ask whether it still holds."""
    response.headers["Cache-Control"] = "no-cache"
    return response


@lists.get("/topics")
@open_to_all
@lists.etag
@lists.response(200, Topic(many=True))
def topics() -> list[dict[str, Any]]:
    """List the topics, in the order in which they are offered."""
    lists.set_etag({"revision": province().revision})
    return [_with_line(topic) for topic in province().directory.topics.values()]


def _with_line(topic: directory.Topic) -> dict[str, Any]:
    department = province().directory.provincial_bureau(topic.line)
    names = (department.short_name_zh, department.name_en) if department else (topic.line, topic.line)
    return {**dataclasses.asdict(topic), "line_zh": names[0], "line_en": names[1]}


@lists.get("/regions")
@open_to_all
@lists.etag
@lists.response(200, Region(many=True))
def regions() -> Iterable[directory.Region]:
    """List the places, the province first, counties after their prefecture."""
    lists.set_etag({"revision": province().revision})
    return province().directory.regions.values()
