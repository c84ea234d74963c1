"""What Alembic runs for each migration; `tintype.study.migrations.upgrade` hands the connection over."""

from alembic import context

from tintype.study.migrations import VERSION_TABLE
from tintype.study.models import Base

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=Base.metadata,
    version_table=VERSION_TABLE,
    render_as_batch=True,
)
with context.begin_transaction():
    context.run_migrations()
