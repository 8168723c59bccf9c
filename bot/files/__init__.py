"""Kept files behind a port, in the database by default."""
