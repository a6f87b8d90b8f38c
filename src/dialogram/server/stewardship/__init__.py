"""What spans people and records."""
