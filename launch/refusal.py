"""The one error that reaches the terminal: a sentence that says what is wrong and what to do."""


class Refusal(Exception):
    """Stops the launcher. The text is printed as it is, without a traceback."""
