"""Use cases, one verb a module. They know the world only through `ports`."""
