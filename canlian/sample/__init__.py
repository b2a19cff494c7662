"""Sample offices: made-up persons whose records add up to an office's published figures."""
