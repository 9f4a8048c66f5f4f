"""`flask routing`: who answers, decided, measured and trained in the shell."""

from typing import Any

import click
from psycopg.errors import UndefinedTable
from sqlalchemy.exc import DBAPIError, OperationalError

from ticketing.cli.lazy import LazyGroup
from ticketing.domain.errors import DomainError

_COMMANDS = "ticketing.cli.routing_commands"
_LEARNING = "ticketing.cli.routing_learning"


class _Group(LazyGroup):
    """What a service refuses is one sentence here, and an exit code."""

    def invoke(self, ctx: click.Context) -> Any:
        """Run the command."""
        try:
            return super().invoke(ctx)
        except DomainError as error:
            raise click.ClickException(str(error)) from error
        except DBAPIError as error:
            if isinstance(error.orig, UndefinedTable):
                raise click.ClickException("The database has no tables yet: flask db upgrade") from error
            if isinstance(error, OperationalError):
                why = " ".join(str(error.orig).split())
                raise click.ClickException(f"The database does not answer: {why}") from error
            raise


routing = _Group(
    "routing",
    help="Who answers: decide a text, measure the router, train it, replay and publish what it learned.",
    later={name: f"{_COMMANDS}:{name}" for name in ("decide", "evaluate", "train")}
    | {name: f"{_LEARNING}:{name}" for name in ("lessons", "replay", "publish", "rollback")}
    | {"outcomes": f"{_LEARNING}:noted"},
)
