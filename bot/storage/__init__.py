"""The only place that knows SQL: one transaction, and every store in it."""
