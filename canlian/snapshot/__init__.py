"""Takes an office's snapshot; shows it as a table, JSON, CSV, Excel, or beside published figures."""
