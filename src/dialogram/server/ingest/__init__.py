"""The one writer that commits many raters' batches together."""
