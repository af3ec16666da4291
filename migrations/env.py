"""Run by Alembic; the connection comes from `lms.migrate`."""

from alembic import context

from lms.migrate import VERSION_TABLE, is_ours
from lms.models import Base

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=Base.metadata,
    version_table=VERSION_TABLE,
    include_name=is_ours,
    render_as_batch=True,
)
with context.begin_transaction():
    context.run_migrations()
