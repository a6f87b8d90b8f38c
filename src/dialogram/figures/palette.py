"""The colours of people and things, the same on screen, in figures and in print.

Okabe & Ito 2008, Color Universal Design: told apart by nearly all who see colours otherwise. No fact is told by colour
alone: kinds are told by shape and place, people by a name at the line.
"""

CLIENT = "#0072B2"
THERAPIST = "#D55E00"
OBSERVERS = "#009E73"

WITH = "#3B3F8F"
AGAINST = "#E69F00"
"""Of correlations: above and below zero; nobody has these."""

INK = "#1C2126"
SOFT = "#5B636C"
LINE = "#E3DFD6"

_ROLES = (("client", CLIENT), ("therapist", THERAPIST), ("observer", OBSERVERS))


def colours_of(name_a: str, name_b: str) -> tuple[str, str]:
    """Pick the colours of two raters: by role where their names begin with one, else client's and therapist's.

    Examples
    --------
    >>> colours_of("therapist", "client") == (THERAPIST, CLIENT)
    True
    >>> colours_of("K7", "T2") == (CLIENT, THERAPIST)
    True
    """
    colours = tuple(_colour_of_role(name) for name in (name_a, name_b))
    match colours:
        case (str() as a, str() as b) if a != b:
            return a, b
        case (str() as a, None):
            return a, CLIENT if a != CLIENT else THERAPIST
        case (None, str() as b):
            return CLIENT if b != CLIENT else THERAPIST, b
        case _:
            return CLIENT, THERAPIST


def _colour_of_role(name: str) -> str | None:
    return next((colour for role, colour in _ROLES if name.strip().lower().startswith(role)), None)
