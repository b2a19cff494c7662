"""Subsidies: schemes and their dated rates, funds, awards, disbursement runs, the ledger of what was paid."""
