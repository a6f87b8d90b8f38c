"""Results and figures into HTML and PDF."""
