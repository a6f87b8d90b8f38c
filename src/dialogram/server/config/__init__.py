"""Settings, addresses, start and stop."""
