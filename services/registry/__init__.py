"""The registry: who lives where, in which household, and who holds which certificate."""
