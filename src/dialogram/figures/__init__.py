"""Results in, matplotlib Figure out."""
