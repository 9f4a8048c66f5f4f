"""For helpers that fork a child for each thing that is struck dead."""

from flask import Flask

from ticketing.extensions import db
from ticketing.services import province


def warm(app: Flask) -> Flask:
    """Read the province once, so that each child finds it read, and leave no connection for children to share."""
    with app.app_context():
        province.current()
        db.session.remove()
        db.engine.dispose()
    return app
