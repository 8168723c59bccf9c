"""The only door for messages that nobody asked for."""
