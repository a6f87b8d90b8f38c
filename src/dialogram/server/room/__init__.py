"""Where participants sit."""
