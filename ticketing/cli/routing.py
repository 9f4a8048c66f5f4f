"""`flask routing`: who answers, decided, measured and trained in the shell."""

from ticketing.cli.lazy import LazyGroup

_COMMANDS = "ticketing.cli.routing_commands"
routing = LazyGroup(
    "routing",
    help="Who answers: decide a text, measure the router, train it.",
    later={name: f"{_COMMANDS}:{name}" for name in ("decide", "evaluate", "train")},
)
