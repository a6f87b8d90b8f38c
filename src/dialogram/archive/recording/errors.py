class RecordingError(ValueError):
    """A file that cannot be taken in as a recording, said in one sentence for a researcher.

    Parameters
    ----------
    code
        Stable name of the reason: ``empty``, ``text``, ``playlist``, ``unknown``, ``cut_off``, ``external``,
        ``damaged``, ``absurd``, ``jumps``, ``no_media``, ``unreadable_codec``, ``parts_differ``.
    sentence
        What is wrong and what to do. Names the file as the caller called it and never quotes what is in it.

    Examples
    --------
    >>> error = RecordingError("empty", "session.mp4 is empty (0 bytes)")
    >>> error.code, str(error)
    ('empty', 'session.mp4 is empty (0 bytes)')
    """

    def __init__(self, code: str, sentence: str) -> None:
        super().__init__(sentence)
        self.code = code


class ImportCancelled(Exception):  # noqa: N818  # an answer to a wish, not an error
    """The import was stopped because the caller asked for it; nothing of it is left."""
