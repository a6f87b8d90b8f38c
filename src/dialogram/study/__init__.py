"""Design file, sitting, blinding and assignment: pure decisions."""
