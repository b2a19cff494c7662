"""The registry's rules on plain values; knows no database, no message and no clock."""
