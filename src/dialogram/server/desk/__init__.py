"""Where researchers work."""
