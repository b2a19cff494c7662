"""Value types and dated rules shared by all services.

Everything here is immutable and knows no clock, no database and no network. Business rules of one service
live in that service's own domain; only what several services must agree on lives here.
"""
