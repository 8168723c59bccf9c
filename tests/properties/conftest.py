"""What is the same for every conversation is loaded once, as for the written conversations."""

from tests.conversations.conftest import loaded_once, model

__all__ = ["loaded_once", "model"]
