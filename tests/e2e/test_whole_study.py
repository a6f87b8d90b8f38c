"""Three people, three browsers, one study: from an empty folder to the report."""

import csv
import io
import re
from pathlib import Path

import numpy as np
import pytest
from playwright.sync_api import BrowserContext, Page, expect
from tests.e2e.conftest import Film, OpenContext
from tests.e2e.desk import Bundle, Desk, short_design, submit, unfold
from tests.e2e.hand import (
    KeyHand,
    PointerHand,
    Witnessed,
    follow,
    make_curve,
    set_witness,
    witnessed,
)
from tests.e2e.room import Room, tab_to
from tests.e2e.serving import Server

from dialogram.analysis import Extremes, ExtremesRule, pick_extremes
from dialogram.capture import StepFunction
from dialogram.capture.rating import rate
from dialogram.timeline import HELPFULNESS, Trace

pytestmark = pytest.mark.e2e

LENGTH_S = 60.0
FRAME_S = 1 / 30
CLIENT = make_curve(
    [(4.6, 80), (13.6, 24), (22.6, 88), (32.6, 14), (41.6, 70), (50.6, 34), (58.4, 50)], step=2, rate=15
)
THERAPIST = make_curve([(6.6, 75), (15.6, 35), (24.6, 60), (33.6, 20), (42.6, 90), (51.6, 40)], step=5, rate=6)
RULE = ExtremesRule(window_s=6, per_kind=3, warm_up_s=4, same_kind_gap_s=3)
WORDS = {"client": "It landed with me, place", "therapist": "We slowed down, place"}


def download(page: Page, selector: str) -> bytes:
    with page.expect_download() as waiting:
        page.locator(selector).click()
    return Path(waiting.value.path()).read_bytes()


def extremes_of(dial: StepFunction) -> Extremes:
    values, coverage = dial.bins(start_s=0, end_s=LENGTH_S, step_s=1)
    return pick_extremes(Trace(values=values, coverage=coverage, step_s=1), RULE)


def places(extremes: Extremes) -> set[tuple[str, int, float, float]]:
    return {(one.kind, one.rank, one.start_s, one.end_s) for one in extremes.extremes}


def is_recorded(bundle: Bundle, role: str, truth: Witnessed) -> None:
    """The trace holds what the witness saw: values within one unit, changes within one frame, at 99 %."""
    held = truth.held(end_s=LENGTH_S)
    values, coverage = bundle.trace(role)
    true_values, _ = held.bins(start_s=0, end_s=LENGTH_S, step_s=1)
    rated = coverage >= 0.5
    assert rated.sum() >= LENGTH_S - 1
    assert np.mean(np.abs(values - true_values)[rated] <= 1) >= 0.99

    recorded = rate(bundle.event_log(role), scale=HELPFULNESS).dial
    assert_same_changes(recorded, held)


def assert_same_changes(recorded: StepFunction, held: StepFunction) -> None:
    """The same values in the same order, each within one frame, at 99 %."""
    changed = np.flatnonzero(np.diff(recorded.values) != 0) + 1
    true_changed = np.flatnonzero(np.diff(held.values) != 0) + 1
    assert recorded.values[changed].tolist() == held.values[true_changed].tolist()
    late_s = recorded.start_s[changed] - held.start_s[true_changed]
    assert np.mean(np.abs(late_s) <= FRAME_S) >= 0.99, np.sort(late_s)


def test_a_dyad_goes_from_upload_to_report(
    empty_server: Server, film: Film, open_context: OpenContext, tmp_path: Path
) -> None:
    server = empty_server
    desk = Desk(open_context(base_url=server.address).new_page())
    desk.begin()
    study = desk.make_study("Moment by moment", design=short_design(), folder=tmp_path)
    desk.add_person(study, role="client", code="K7-01")
    desk.add_person(study, role="therapist", code="T4-01")
    desk.pair(study, client="K7-01", therapist="T4-01")
    session = desk.add_session(study, number=3)
    links_shut = desk.page.locator("#person-client [name=tasks]")
    expect(links_shut).to_have_count(0)
    desk.send(session, film(LENGTH_S))
    expect(desk.page.locator("#recording progress, #recording a[href$='/look']")).to_be_visible()
    expect(desk.page.locator("#recording a[href$='/look']")).to_be_visible(timeout=60_000)
    expect(links_shut).to_have_count(0)
    desk.look_and_confirm(session)
    expect(links_shut).to_have_count(0)
    desk.note_others(session)
    client_link = desk.make_link(session, "client")
    desk.page.goto(session)
    assert client_link.rpartition("/")[2] not in desk.page.content(), "a link is shown once"

    client = come_in(open_context(base_url=server.address), client_link, clips=True)
    client.skip_practice()
    therapist = come_in(open_context(base_url=server.address), desk.make_link(session, "therapist"), clips=False)
    therapist.skip_practice()
    hands = PointerHand(client.page, CLIENT), KeyHand(therapist.page, THERAPIST)
    for room in (client, therapist):
        room.wait_for_dial()
    tab_to(therapist.page, "[role=slider]")
    follow(*hands)
    client_truth = witnessed(client.page, pivot=hands[0].pivot)
    therapist_truth = witnessed(therapist.page)
    client.page.mouse.up()
    for room in (client, therapist):
        room.wait_for_end_of_rating(timeout_s=60)

    client.read()
    described = client.recall(lambda place, _segment: f"{WORDS['client']} {place}.", watch=False)
    thanked(client)
    truth = extremes_of(CLIENT.held(end_s=LENGTH_S))
    assert len(truth.extremes) == 6
    assert {(one.start_s, one.end_s) for one in described} == {(one.start_s, one.end_s) for one in truth.extremes}
    last = described[-1]
    assert last.start_s in {one.start_s for one in truth.of("helpful")}, "the last one to be described is helpful"

    therapist.read()
    therapist.recall(lambda place, _segment: f"{WORDS['therapist']} {place}.", watch=False)
    thanked(therapist)
    therapist.page.reload()
    thanked(therapist)

    desk.page.goto(session)
    submit(desk.page, "xpath=self::form[contains(@action, '/release')]")
    expect(desk.page.locator("form[action$='/release']")).to_have_count(0)

    therapist.page.goto("/room/")
    therapist.read()
    right = sort(therapist, truth)
    therapist.expect_step("debrief")
    therapist.press_on()
    thanked(therapist)

    desk.page.goto(f"{session}results")
    expect(desk.page.locator(".moments q")).to_have_count(12)
    expect(desk.page.locator("[data-chart] canvas")).to_be_visible()
    expect(desk.page.get_by_text(f"{right} of 6").first).to_be_visible()
    moment = desk.page.locator("[data-seek]").first
    moment.click()
    film_at = "document.querySelector('[data-player]').currentTime"
    desk.page.wait_for_function(f"(at) => {film_at} >= at - 0.01", arg=float(moment.get_attribute("data-seek") or ""))
    read_downloads(desk.page)
    desk.page.keyboard.press("Escape")
    expect(desk.page.locator(".menu[open]")).to_have_count(0)

    bundle = export(desk.page)
    is_recorded(bundle, "client", client_truth)
    is_recorded(bundle, "therapist", therapist_truth)
    for role, curve in (("client", CLIENT), ("therapist", THERAPIST)):
        rows = bundle.rows("moments.csv", role=role)
        picked = {(row["kind"], int(row["rank"]), float(row["start_s"]), float(row["end_s"])) for row in rows}
        assert picked == places(extremes_of(curve.held(end_s=LENGTH_S)))
        assert {row["description"] for row in rows} == {f"{WORDS[role]} {place}." for place in range(6)}
        assert {row["moment"] for row in rows} == {"yes"}
    guesses = bundle.rows("guesses.csv")
    kinds = {one.start_s: one.kind for one in truth.extremes}
    assert {float(row["start_s"]): row["truth"] for row in guesses} == kinds
    assert [row["right"] for row in guesses].count("true") == right == 4


def come_in(context: BrowserContext, link: str, *, clips: bool) -> Room:
    """Come by a link as far as the practice."""
    set_witness(context)
    room = Room(context.new_page())
    room.come_in(link)
    room.agree(clips=clips)
    room.check()
    room.read()
    return room


def thanked(room: Room) -> None:
    """The visit is over: a page without anything to do."""
    expect(room.page.locator("h1")).to_be_visible()
    expect(room.page.locator("form")).to_have_count(0)


def sort(therapist: Room, truth: Extremes) -> int:
    """Sort the client's six moments with one pair swapped, by keyboard; returns how many are right."""
    page = therapist.page
    therapist.expect_step("sort")
    cards = therapist.page_data()["cards"]
    kinds = {one.start_s: one.kind for one in truth.extremes}
    told = {card: kinds[clip["start_s"]] for card, clip in cards.items()}
    assert list(told.values()).count("helpful") == 3
    wrong = [next(card for card, kind in told.items() if kind == side) for side in ("helpful", "hindering")]
    guessed = {
        card: {"helpful": "hindering", "hindering": "helpful"}[kind] if card in wrong else kind
        for card, kind in told.items()
    }
    hand_in = page.locator("[data-hand-in]")
    page.locator("[data-play]").first.click()
    expect(page.locator("[data-clip]")).to_have_attribute("data-phase", "playing")
    for card, kind in guessed.items():
        expect(hand_in).to_be_disabled()
        page.locator(f"[name='card-{card}'][value={kind}]").check(force=True)
    expect(hand_in).to_be_enabled()
    page.reload()
    for card, kind in guessed.items():
        expect(page.locator(f"[name='card-{card}'][value={kind}]")).to_be_checked()
    expect(hand_in).to_be_enabled()
    hand_in.click()
    return sum(guessed[card] == kind for card, kind in told.items())


def read_downloads(page: Page) -> None:
    begins = {
        "figure.svg": rb"<\?xml",
        "figure.png": rb"\x89PNG",
        "figure.pdf": rb"%PDF-",
        "report.html": rb"<!doctype html>",
        "report.pdf": rb"%PDF-",
    }
    for name, begin in begins.items():
        link = page.locator(f"a[href$='{name}']")
        unfold(page.locator("details", has=link))
        content = download(page, f"a[href$='{name}']")
        assert re.match(begin, content, re.IGNORECASE), name
        assert len(content) > 10_000, name
        if name == "report.html":
            assert f"{WORDS['client']} 0." in content.decode()
            assert "<script" not in content.decode()


def export(page: Page) -> Bundle:
    bundle = Bundle.opened(download(page, "form[action$='/export'] button"))
    explained = {(row["file"], row["column"]) for row in bundle.rows("codebook.csv")}
    for name in bundle.files:
        if name.endswith(".csv") and name != "codebook.csv":
            header = next(csv.reader(io.StringIO(bundle.files[name].decode("utf-8-sig"))))
            assert {(name, column) for column in header} <= explained, name
    return bundle


def test_the_comparison_would_find_a_late_trace() -> None:
    held = CLIENT.held(end_s=LENGTH_S)
    assert_same_changes(held, held)
    late_s = 0.06
    with pytest.raises(AssertionError):
        assert_same_changes(StepFunction(held.start_s + late_s, held.end_s + late_s, held.values), held)


def test_the_curves_have_three_moments_of_each_kind() -> None:
    for curve in (CLIENT, THERAPIST):
        assert [one.kind for one in extremes_of(curve.held(end_s=LENGTH_S)).extremes].count("helpful") == 3
        assert not extremes_of(curve.held(end_s=LENGTH_S)).notes
