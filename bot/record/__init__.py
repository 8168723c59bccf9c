"""The append-only record of a conversation and its chain of hashes."""
