"""Twilio's own description of its API, in the place of Twilio: refuses what it refuses, answers with its examples."""

import json
import logging
import re
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import requests
from openapi_core import OpenAPI
from openapi_core.contrib.requests import RequestsOpenAPIRequest
from twilio.http import HttpClient
from twilio.http.response import Response

SPEC = Path(__file__).parent.parent / "contracts" / "twilio.json"


class Contract(HttpClient):
    """Refuses what the provider's own description refuses, and fields that it does not know; remembers the rest.

    `answers` are given in turn, each (status, body); without one the description's own example is.
    """

    def __init__(self, *answers: tuple[int, dict[str, Any]]) -> None:
        super().__init__(logging.getLogger("twilio"), False)
        self.document = json.loads(SPEC.read_text())
        self.spec = OpenAPI.from_dict(self.document)
        self.answers = list(answers)
        self.sent: list[dict[str, Any]] = []
        self.asked: list[str] = []

    def request(self, method: str, url: str, params: Any = None, data: Any = None, **more: Any) -> Response:
        """Check a request and answer it."""
        call = requests.Request(
            method, url, params=params, data=data, headers=more["headers"], auth=more["auth"]
        )
        self.spec.validate_request(RequestsOpenAPIRequest(call))
        operation = self.operation(method, url)
        assert set(data or {}) <= self.fields(operation)
        assert set(params or {}) <= {one["name"] for one in operation.get("parameters", [])}
        self.sent.append(data if method == "POST" else params)
        self.asked.append(f"{method} {urlsplit(url).path.rsplit('/', 1)[1]}")
        status, body = self.answers.pop(0) if self.answers else self.example(operation)
        return Response(status, json.dumps(body))

    def operation(self, method: str, url: str) -> dict[str, Any]:
        """Return what the description says of a request."""
        path = urlsplit(url).path
        for pattern, found in self.document["paths"].items():
            if re.fullmatch(re.sub(r"\\{\w+\\}", "[^/]+", re.escape(pattern)), path):
                return dict(found[method.lower()])
        raise AssertionError(f"{method} {path} is not described")

    def fields(self, operation: dict[str, Any]) -> set[str]:
        """Return the fields of its form."""
        content = operation.get("requestBody", {}).get("content", {})
        return {name for body in content.values() for name in body["schema"]["properties"]}

    def example(self, operation: dict[str, Any]) -> tuple[int, dict[str, Any]]:
        """Return the description's own example of an answer; a list has the page of it that has rows."""
        [(status, answer)] = operation["responses"].items()
        examples = answer["content"]["application/json"]["examples"]
        name = next((one for one in examples if "Full" in one), next(iter(examples)))
        body = dict(examples[name]["value"])
        return int(status), body | ({"next_page_uri": None} if "next_page_uri" in body else {})
