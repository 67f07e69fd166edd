"""The SQL database: tables, migrations, and the stores on them."""
