"""What alembic runs: the versions, on the connection and in the transaction that it is given."""

from alembic import context

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=context.config.attributes["target_metadata"],
    version_table="schema_version",
)
context.run_migrations()
