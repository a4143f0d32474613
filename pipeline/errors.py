"""The one error that people are meant to read."""


class CounterpointError(ValueError):
    """Something the user can mend: the message says what, where and what to do, and is shown without a traceback."""
