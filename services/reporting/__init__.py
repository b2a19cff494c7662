"""Reporting: what the other services did, as figures that open into the events behind them."""
