"""A large body of conversations: some are held with the real bot, and many are made of each of them."""
