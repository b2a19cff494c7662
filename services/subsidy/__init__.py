"""Subsidies: schemes and their dated rates, funds, awards, disbursement runs, and the ledger of what was paid."""
