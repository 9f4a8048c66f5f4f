"""The flask commands, one file a group."""

from ticketing.cli.calls import calls
from ticketing.cli.catalog import catalog
from ticketing.cli.demo import demo
from ticketing.cli.enterprises import enterprises
from ticketing.cli.figures import figures
from ticketing.cli.importing import imports
from ticketing.cli.knowledge import knowledge
from ticketing.cli.pack import pack
from ticketing.cli.routing import routing
from ticketing.cli.run import scheduler, worker
from ticketing.cli.search import search
from ticketing.cli.sla_books import sla
from ticketing.cli.tickets import tickets

__all__ = [
    "calls",
    "catalog",
    "demo",
    "enterprises",
    "figures",
    "imports",
    "knowledge",
    "pack",
    "routing",
    "scheduler",
    "search",
    "sla",
    "tickets",
    "worker",
]
