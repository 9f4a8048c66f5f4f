"""`flask routing`: who answers, decided, measured and trained in the shell."""

from ticketing.cli.lazy import LazyGroup

_COMMANDS = "ticketing.cli.routing_commands"
_LEARNING = "ticketing.cli.routing_learning"
routing = LazyGroup(
    "routing",
    help="Who answers: decide a text, measure the router, train it, replay and publish what it learned.",
    later={name: f"{_COMMANDS}:{name}" for name in ("decide", "evaluate", "train")}
    | {name: f"{_LEARNING}:{name}" for name in ("lessons", "replay", "publish", "rollback")}
    | {"outcomes": f"{_LEARNING}:noted"},
)
