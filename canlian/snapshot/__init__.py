"""Takes an office's snapshot and shows it: on a terminal, as JSON, CSV or Excel, or beside published figures."""
