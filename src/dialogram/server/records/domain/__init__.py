"""What can happen to a study: one transaction a function, with its audit row."""
