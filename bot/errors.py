"""Base classes of every error that this program raises on purpose."""


class BotError(Exception):
    """Something went wrong that a person can be told about in one sentence."""


class BadInput(BotError):
    """Input from outside was refused; `place` names where (file, key, line), `problem` says what."""

    def __init__(self, place: str, problem: str) -> None:
        super().__init__(f"{place}: {problem}")
        self.place = place
        self.problem = problem
