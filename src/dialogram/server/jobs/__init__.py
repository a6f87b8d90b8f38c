"""Long work, done by a worker of its own."""
