"""The embedded PostgreSQL and Valkey of a machine that has no servers of its own."""

from ticketing.engines.folders import EngineError
from ticketing.engines.lease import Lease, acquire

__all__ = ["EngineError", "Lease", "acquire"]
