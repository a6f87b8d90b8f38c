"""Django's SQLite backend over SQLCipher: the same database, encrypted on disk."""
