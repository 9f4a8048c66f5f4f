"""Static files under addresses that carry their fingerprint, so that browsers may keep them for a year."""

import hashlib
from pathlib import Path

from flask import Flask, Response, request

from ticketing.web.addresses import address

YEAR = 365 * 24 * 3600


def init_app(app: Flask) -> None:
    """Fingerprint the static folder once and give templates `asset(name)`."""
    folder = Path(app.static_folder or "")
    prints = {
        str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest()[:12]
        for path in folder.rglob("*")
        if path.is_file()
    }

    def asset(name: str) -> str:
        return address("static", filename=name, v=prints[name])

    def keep(response: Response) -> Response:
        if request.endpoint == "static" and "v" in request.args:
            response.headers["Cache-Control"] = f"public, max-age={YEAR}, immutable"
        return response

    app.jinja_env.globals["asset"] = asset
    app.after_request(keep)
