"""The host's own Alembic: all it does for ours is `include_name`."""

from alembic import context

from lms.migrate import migration_filter
from tests.host.foreign import database

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=database.metadata,
    include_name=migration_filter,
)
with context.begin_transaction():
    context.run_migrations()
