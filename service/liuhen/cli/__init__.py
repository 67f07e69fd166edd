"""The commands: they read input, call what does the work, and put the answer into words."""
