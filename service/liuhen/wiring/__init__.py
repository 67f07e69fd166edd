"""Settings, choice of adapters, and the processes: the one place that knows all the others."""
