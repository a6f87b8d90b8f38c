"""`serve --lan`: the room for other devices in the same network, and nothing else."""
