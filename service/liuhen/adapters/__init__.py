"""Technology: databases, chains, files, the clock. No rules of the domain."""
