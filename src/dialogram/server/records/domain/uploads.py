"""Pieces of a recording on their way in: sealed as they come, safe once taken, gone when the upload is given up."""

from math import ceil

from dialogram.server.records.domain.errors import NotFoundError, StudyError
from dialogram.server.records.domain.recordings import delete_pieces, pieces_of
from dialogram.server.records.enums import RecordingState
from dialogram.server.records.models import Recording, RecordingPart
from dialogram.vault import PieceConflictError

PIECE_BYTES = 1024 * 1024
"""Size of a piece. The web server holds several copies of one while it takes it, in each thread that does so."""


def take_piece(*, recording_id: str, part_number: int, piece_number: int, data: bytes) -> None:
    """Seal and keep one piece of an uploaded file; every piece but the last holds exactly `PIECE_BYTES`."""
    part = (
        RecordingPart.objects.select_related("recording").filter(recording_id=recording_id, number=part_number).first()
    )
    if part is None:
        raise NotFoundError
    if part.recording.state != RecordingState.UPLOADING:
        raise StudyError("upload-closed", "This upload is closed.")
    expected = min(PIECE_BYTES, part.size - piece_number * PIECE_BYTES)
    if not 0 <= piece_number < ceil(part.size / PIECE_BYTES) or len(data) != expected:
        raise StudyError("piece-wrong", "This piece does not belong to the announced file.")
    try:
        pieces_of(part).write_piece(piece_number, data)
    except PieceConflictError as error:
        raise StudyError("piece-conflict", "This is another file than the one whose upload was begun.") from error
    part.recording.refresh_from_db(fields=["state"])
    if part.recording.state in {RecordingState.FAILED, RecordingState.VOID}:  # given up while this piece came
        delete_pieces(part.recording)
        raise StudyError("upload-closed", "This upload is closed.")


def received_pieces(recording: Recording) -> list[list[int]]:
    """Return, part by part, the numbers of the pieces that are safe."""
    return [sorted(pieces_of(part).received()) for part in recording.parts.all()]
