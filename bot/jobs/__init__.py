"""Work for later: the due-table."""
