"""The one keeper of studies."""
