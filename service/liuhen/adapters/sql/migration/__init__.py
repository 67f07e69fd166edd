"""Migrations of the tables, applied by `migrate.py`."""
