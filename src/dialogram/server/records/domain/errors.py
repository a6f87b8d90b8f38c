class StudyError(Exception):
    """Something that cannot be done as things stand; `code` is stable, the message holds no personal data."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code
        self.message = message


class NotFoundError(StudyError):
    """No such thing, or none that the asker may know of: the two are told apart nowhere."""

    def __init__(self) -> None:
        super().__init__("not-found", "There is nothing here for you.")


def where_raised(error: BaseException) -> str:
    """Say where an unexpected error came from, without its words: messages and locals can carry those of a person."""
    trace = error.__traceback__
    while trace is not None and trace.tb_next is not None:
        trace = trace.tb_next
    place = f"{trace.tb_frame.f_code.co_filename}:{trace.tb_lineno}" if trace else "?"
    return f"{type(error).__name__} at {place}"
