"""The rules of rehabilitation, free of databases and messages."""
