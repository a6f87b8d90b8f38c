from dialogram.server.accounts.failed_sign_ins import FREE_FAILURES, LONGEST_WAIT_S, FailureCounter


class Clock:
    def __init__(self) -> None:
        self.now_s = 0.0

    def __call__(self) -> float:
        return self.now_s


def test_waits_double_up_to_a_limit_and_pass() -> None:
    clock = Clock()
    counter = FailureCounter(clock=clock)
    waits = []
    for _ in range(FREE_FAILURES + 12):
        counter.note_failure("mara", browser="stranger")
        waits.append(counter.wait_s("mara", browser="stranger"))

    assert waits[: FREE_FAILURES + 3] == [0.0] * FREE_FAILURES + [2.0, 4.0, 8.0]
    assert max(waits) == LONGEST_WAIT_S
    clock.now_s += LONGEST_WAIT_S
    assert counter.wait_s("mara", browser="stranger") == 0.0


def test_accounts_and_browsers_are_counted_apart_and_names_without_case() -> None:
    counter = FailureCounter(clock=Clock())
    for _ in range(FREE_FAILURES + 1):
        counter.note_failure("Mara", browser="stranger")

    assert counter.wait_s("mara", browser="stranger") > 0
    assert counter.wait_s("mara", browser="hers") == 0
    assert counter.wait_s("jon", browser="stranger") == 0


def test_success_forgets() -> None:
    counter = FailureCounter(clock=Clock())
    for _ in range(FREE_FAILURES + 1):
        counter.note_failure("mara", browser="stranger")
    counter.note_success("mara", browser="stranger")

    assert counter.wait_s("mara", browser="stranger") == 0
