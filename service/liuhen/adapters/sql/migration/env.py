"""What Alembic runs: apply the migrations to the connection that `migrate` hands over."""

from alembic import context

from liuhen.adapters.sql.tables import METADATA

connection = context.config.attributes["connection"]
context.configure(connection=connection, target_metadata=METADATA, transaction_per_migration=False)
context.run_migrations()
