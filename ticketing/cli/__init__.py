"""The flask commands, one file a group."""

from ticketing.cli.calls import calls
from ticketing.cli.catalog import catalog
from ticketing.cli.demo import demo
from ticketing.cli.importing import imports
from ticketing.cli.pack import pack
from ticketing.cli.routing import routing
from ticketing.cli.run import scheduler, worker
from ticketing.cli.sla_books import sla
from ticketing.cli.tickets import tickets

__all__ = ["calls", "catalog", "demo", "imports", "pack", "routing", "scheduler", "sla", "tickets", "worker"]
