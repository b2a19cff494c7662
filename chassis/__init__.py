"""The plumbing under every service; no word of the field stands here."""
