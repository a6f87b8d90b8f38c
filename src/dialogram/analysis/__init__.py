"""Statistics, one topic a file; numpy and scipy only."""
