"""The rules of training, free of databases and messages."""
