"""Measuring: a turn against the floor of its own rows; and the throwaway PostgreSQL that tests use too."""
