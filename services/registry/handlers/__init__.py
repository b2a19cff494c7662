"""One function for each command: read what is known, decide record by record, write all at once."""
