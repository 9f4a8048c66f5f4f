"""Runs the migrations on the application's own engine, one transaction for each of them."""

from alembic import context
from flask import current_app

migrate = current_app.extensions["migrate"]


def refuse_empty(_context, _revision, directives):
    """Write no file for a migration that would change nothing."""
    if context.config.cmd_opts and getattr(context.config.cmd_opts, "autogenerate", False):
        (script,) = directives
        if script.upgrade_ops.is_empty():
            directives[:] = []


with migrate.db.engine.connect() as connection:
    # The pages' limit on a statement is none for an index on a full table: cut short, it is left behind invalid.
    connection.exec_driver_sql("SET statement_timeout = 0")
    connection.commit()
    context.configure(
        connection=connection,
        target_metadata=migrate.db.metadata,
        transaction_per_migration=True,
        process_revision_directives=refuse_empty,
        **migrate.configure_args,
    )
    with context.begin_transaction():
        context.run_migrations()
