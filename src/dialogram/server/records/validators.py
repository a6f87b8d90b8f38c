import re

from django.core.exceptions import ValidationError

CODE = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,31}")


def validate_code(code: str) -> None:
    """Lab codes are short and plain, so that they fit on a page, in a file name and in a column."""
    if not CODE.fullmatch(code):
        raise ValidationError("A code has 1 to 32 letters, digits, dots, dashes or underscores.", code="code")
