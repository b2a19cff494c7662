"""Carries batches to a bank's HTTP service, and its receipts back to the subsidy service."""
