"""Names and contacts beside pseudonyms, in a database of their own."""
