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
