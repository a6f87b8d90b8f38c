"""The section of a report on many dyads that tells how well judges guessed."""

from dialogram.analysis import FEW_THERAPISTS, CohortGuesses, GuessModel
from dialogram.reports.page import Column, Paragraph, Section, Table
from dialogram.reports.text import P, Span, Text, number, p_value, percent, say, share


def tell_guesses(guesses: CohortGuesses) -> Section:
    """Tell whether guesses are better than chance, exactly; then how often, and how much therapists differ."""
    pool, model = guesses.pool, guesses.model
    exact = say(
        f"Over {pool.dyads} {_many(pool.dyads, 'session')} {pool.right} of {pool.shown} segments were guessed right,"
        f" where chance gives {number(pool.expected)}: ",
        P,
        f" {p_value(pool.p)}, exact. It does not know that a therapist who guesses in several sessions does so by the"
        " same habits.",
    )
    if model is None:
        why = ["How often the average therapist is right cannot be modelled: ", guesses.why_not, "."]
        return Section(heading=_HEADING, blocks=[Paragraph(exact), Paragraph(why)])
    return Section(
        heading=_HEADING,
        blocks=[Paragraph(exact), _table(model), *(Paragraph(each) for each in _doubts(model))],
    )


_HEADING = "Do they guess better than chance?"


def _table(model: GuessModel) -> Table:
    low, high = model.corrected_ci95
    rows: list[list[Text]] = [
        [["Guessed right"], [percent(model.share)], [f"{percent(model.ci95[0])} to {percent(model.ci95[1])}"]],
        [["The same, chance taken out"], [share(model.corrected)], [f"{share(low)} to {share(high)}"]],
        [["Spread of therapists, SD in logits"], [number(model.sd_therapists, 2)], [""]],
    ]
    caption = (
        f"The average of {model.therapists} therapists, by a logistic model that knows who guessed several times. With"
        f" chance ({percent(model.chance)}) taken out, 0 is no better than chance and 1 all right."
    )
    columns = [
        Column(name=[""], width=2.4),
        Column(name=["Estimate"], align="right"),
        Column(name=["95 % interval"], align="right", width=1.8),
    ]
    return Table(caption=[caption], columns=columns, rows=rows)


def _doubts(model: GuessModel) -> list[Text]:
    told: list[Text] = []
    if model.therapists < FEW_THERAPISTS:
        told.append(
            say(
                Span("Too few therapists. ", "strong"),
                f"{model.therapists} hardly say how much therapists in general differ. Do not believe their"
                " spread; where it is 0, the intervals are too narrow.",
            )
        )
    if model.dyads == model.therapists:
        told.append(
            ["Each therapist guessed once: what is a therapist’s own and what a session’s cannot be told apart."]
        )
    if model.sorted_dyads:
        told.append(
            say(
                f"In {model.sorted_dyads} {_many(model.sorted_dyads, 'session')} the numbers of each kind were told, so"
                " that one wrong guess brings another, which the model does not know. Believe the exact ",
                P,
                " for whether; read the model for how often, and for how much therapists differ.",
            )
        )
    return told


def _many(count: int, noun: str) -> str:
    return noun if count == 1 else f"{noun}s"
