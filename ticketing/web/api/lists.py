"""Reference lists: what a request can be about, and where."""

from collections.abc import Iterable

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
def topics() -> Iterable[directory.Topic]:
    """List the topics, in the order in which they are offered."""
    lists.set_etag({"revision": province().revision})
    return province().directory.topics.values()


@lists.get("/regions")
@open_to_all
@lists.etag
@lists.response(200, Region(many=True))
def regions() -> Iterable[directory.Region]:
    """List the places, the province first, counties after their prefecture."""
    lists.set_etag({"revision": province().revision})
    return province().directory.regions.values()
