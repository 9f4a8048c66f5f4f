"""A group whose heavier commands are imported when somebody calls them: the web never loads what trains models."""

import importlib
from collections.abc import Mapping
from typing import Any

import click
from flask.cli import AppGroup


class LazyGroup(AppGroup):
    """`later` names commands by where they are: `{"train": "ticketing.cli.routing_train:train"}`."""

    def __init__(self, *args: Any, later: Mapping[str, str], **more: Any) -> None:
        super().__init__(*args, **more)
        self.later = later

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Return all names, without importing anything."""
        return sorted({*super().list_commands(ctx), *self.later})

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Import the command that is asked for."""
        if cmd_name not in self.later:
            return super().get_command(ctx, cmd_name)
        module, _, name = self.later[cmd_name].partition(":")
        command: click.Command = getattr(importlib.import_module(module), name)
        return command
