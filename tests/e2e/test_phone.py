"""A phone as the dial, over TLS from the network: a sitting along a known curve, and all that can happen to a phone.

How far the trace may be from the truth: each change may be out by what the log itself states (half the longest round
trip that counted, phone and page together) and 10 ms for how this test knows the truth (time origins of two pages in
one browser, and frames' times). A change of v units that is out by e seconds moves the mean of its bin of a second, or
of the bin beside it, by v · e at most.
"""

import re
import time
from collections.abc import Iterator
from dataclasses import replace

import numpy as np
import pytest
from playwright.sync_api import Page, expect
from tests.e2e.conftest import Film, OpenContext
from tests.e2e.desk import Desk, give_reason, short_design
from tests.e2e.hand import PointerHand, Witnessed, follow, make_curve, pivot_of, set_witness, witnessed
from tests.e2e.room import Room
from tests.e2e.serving import Server
from tests.e2e.worker import stored

from dialogram.capture import assemble
from dialogram.timeline import HELPFULNESS

pytestmark = pytest.mark.e2e

LENGTH_S = 12
CURVE = make_curve([(1.5, 65), (3.5, 40), (6.5, 90), (9.7, 30), (11.2, 55)], step=5, rate=20.0)
BEFORE_RELOAD = make_curve([(1.5, 65), (3.5, 40), (5.0, 80)], step=5, rate=20.0)
AFTER_RELOAD = make_curve([(8.5, 75), (10.5, 30)], step=5, rate=20.0)
KNOWN_S = 0.010
WORST_TRIP_S = 0.250
"""A change out by more would be out by more than a hand's own reaction."""


@pytest.fixture(scope="module")
def lan_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    server = Server(tmp_path_factory.mktemp("lan") / "data", "--lan")
    server.start()
    yield server
    server.stop()


@pytest.fixture(scope="module")
def sessions() -> list[str]:
    return []


@pytest.fixture
def session(lan_server: Server, open_context: OpenContext, sessions: list[str], film: Film) -> tuple[Desk, str]:
    """A session whose design lets a phone be the dial, made by whoever comes first."""
    desk = Desk(open_context(base_url=lan_server.address).new_page())
    desk.sign_in()
    if not sessions:
        sessions.append(prepare(desk, "Phones", film))
    return desk, sessions[0]


def prepare(desk: Desk, name: str, film: Film, *, length_s: float = LENGTH_S) -> str:
    design, found = re.subn(
        "(?m)^show_number = true", 'show_number = true\ndials = ["screen", "phone"]', short_design(practice=False)
    )
    assert found == 1
    return desk.prepare(name, design=design, film=film(length_s))


class Sitting:
    """A rater's page at this computer and a phone in the network."""

    def __init__(self, server: Server, open_context: OpenContext, link: str) -> None:
        context = open_context(base_url=server.address)
        set_witness(context)
        self.page = context.new_page()
        self.room = Room(self.page)
        self.room.come_in(link)
        self.room.agree()
        self.room.check()
        self.room.read()
        self.room.wait_for_dial()
        # Chromium here trusts no authority of ours; tests/server/config/lan holds the certificate to its rules
        phone = {"ignore_https_errors": True, "has_touch": True, "width": 390, "height": 844}
        self.phones = open_context(base_url=server.address, **phone)
        set_witness(self.phones)
        self.phone = self.phones.new_page()

    def pair(self) -> None:
        self.page.locator("[data-phone]").click()
        address = self.page.locator("[data-phone-address]")
        expect(address).to_contain_text("https://")
        expect(self.page.locator("[data-phone-code]")).to_be_visible()
        self.phone.goto(address.inner_text())
        self.phone.locator("form button").click()
        self.phone.wait_for_url("**/phone/")
        self.expect_ready()
        expect(self.page.locator("[data-phone-panel]")).to_be_hidden()

    def expect_ready(self) -> None:
        expect(self.phone.get_by_role("slider")).to_have_attribute("aria-disabled", "false")
        self.expect_title("on the phone")

    def expect_title(self, text: str) -> None:
        expect(self.page.locator("[data-veil-title]")).to_contain_text(text)

    def expect_playing(self) -> None:
        expect(self.page.locator("[data-veil]")).not_to_have_class(re.compile("shown"))

    def touch(self) -> None:
        x, y = pivot_of(self.phone).point(50)
        self.phone.mouse.move(x, y)
        self.phone.mouse.down()

    def let_go(self) -> None:
        self.phone.mouse.up()

    def film_s(self) -> float:
        at_s: float = self.page.evaluate("document.querySelector('[data-media]').currentTime")
        return at_s


def worst_excess(truth: Witnessed, values: list[float], *, late_s: float, bound_s: float) -> float:
    """By how much the worst bin is further from the truth, shifted by `late_s`, than the bound allows."""
    held = truth.held(end_s=LENGTH_S)
    heights = np.abs(np.diff(held.values, prepend=held.values[:1]))
    worst = -np.inf
    for second, value in enumerate(values):
        low_s = second - late_s
        true, coverage = held.bins(start_s=low_s, end_s=low_s + 1, step_s=1.0)
        if coverage[0] < 1 or np.isnan(value):
            continue
        near = (held.start_s > low_s - bound_s) & (held.start_s < low_s + 1 + bound_s)
        worst = max(worst, abs(value - float(true[0])) - float(np.sum(heights[near])) * bound_s)
    return worst


def test_a_whole_sitting_by_phone_gives_the_hand_s_curve_within_the_stated_bound(
    lan_server: Server, open_context: OpenContext, session: tuple[Desk, str]
) -> None:
    desk, address = session
    link = desk.make_link(address, "client")
    elsewhere = desk.page.locator("#elsewhere").input_value()
    sitting = Sitting(lan_server, open_context, link)
    # a tablet in the network could rate too
    assert elsewhere.partition("/r/")[2] == link.partition("/r/")[2]
    sitting.phone.goto(elsewhere)
    expect(sitting.phone.locator("form button")).to_be_visible()
    sitting.pair()
    hand = PointerHand(sitting.phone, CURVE, film=sitting.page)

    follow(hand)
    shown = sitting.page.get_by_role("slider")
    expect(shown).to_have_attribute("aria-valuenow", "55")
    expect(shown).to_have_attribute("aria-disabled", "true")
    truth = witnessed(sitting.phone, pivot=hand.pivot, film=sitting.page)
    sitting.room.wait_for_end_of_rating(timeout_s=LENGTH_S + 20)
    expect(sitting.phone.locator("[data-title]")).to_contain_text("not the dial any more")

    bundle = desk.export(address)
    log = bundle.event_log("client")
    assembly = assemble(log, scale=HELPFULNESS, start_s=0.0, end_s=LENGTH_S, step_s=1.0)
    values, coverage = bundle.trace("client")
    np.testing.assert_allclose(values, assembly.trace.values, rtol=0, atol=1e-9)
    assert (log.streams[0].is_phone, log.streams[1].is_phone) in {(True, False), (False, True)}
    assert assembly.phone_uncertainty_ms is not None
    assert assembly.phone_uncertainty_ms < WORST_TRIP_S * 1000
    assert coverage[1:-1].min() > 0.99
    bound_s = assembly.phone_uncertainty_ms / 1000 + KNOWN_S
    assert worst_excess(truth, values.tolist(), late_s=0.0, bound_s=bound_s) < 1e-9
    # the control: a phone's clock that is off by 0.4 s would not pass
    assert worst_excess(truth, values.tolist(), late_s=0.4, bound_s=bound_s) > 1


def test_a_lost_phone_stops_the_film_and_a_found_one_or_the_screen_goes_on(
    lan_server: Server, open_context: OpenContext, session: tuple[Desk, str]
) -> None:
    desk, address = session
    sitting = Sitting(lan_server, open_context, desk.make_link(address, "therapist", tasks={"rate"}))
    page, phone = sitting.page, sitting.phone
    sitting.pair()
    sitting.touch()
    sitting.expect_playing()
    phone.wait_for_timeout(1500)

    sitting.phones.set_offline(True)
    sitting.expect_title("cannot be heard")
    stood_s = sitting.film_s()
    sitting.let_go()
    sitting.phones.set_offline(False)
    sitting.expect_title("on the phone to go on")
    assert sitting.film_s() == stood_s

    sitting.touch()
    sitting.expect_playing()
    phone.wait_for_timeout(1000)
    sitting.let_go()
    phone.reload()
    sitting.expect_ready()
    stood_s = sitting.film_s()
    sitting.touch()
    sitting.expect_playing()
    phone.wait_for_timeout(1000)
    sitting.let_go()
    assert sitting.film_s() > stood_s

    page.locator("[data-phone]").click()
    expect(sitting.room.dial()).to_have_attribute("aria-disabled", "false")
    expect(phone.locator("[data-title]")).to_contain_text("not the dial any more")
    page.keyboard.press("End")
    sitting.expect_playing()
    sitting.room.wait_for_end_of_rating(timeout_s=LENGTH_S + 20)

    log = desk.export(address).event_log("therapist")
    assembly = assemble(log, scale=HELPFULNESS, start_s=0.0, end_s=LENGTH_S, step_s=0.5)
    assert sum(stream.is_phone for stream in log.streams) == 2
    assert assembly.trace.values[0] == 50
    assert assembly.trace.values[-1] == 100
    known = assembly.trace.values[~np.isnan(assembly.trace.values)]
    assert np.all(np.diff(known) > -1e-9)  # the middle, held by the phone, then the end, by the keyboard
    assert {gap.reason for gap in assembly.gaps} <= {"device-lost", "untouched"}
    assert sum(gap.end_s - gap.start_s for gap in assembly.gaps) < 4.0


def test_the_page_loaded_again_goes_on_with_the_phone_it_had(
    lan_server: Server, open_context: OpenContext, session: tuple[Desk, str], film: Film
) -> None:
    desk, _ = session
    address = prepare(desk, "Phones again", film)
    sitting = Sitting(lan_server, open_context, desk.make_link(address, "client", tasks={"rate"}))
    page, phone = sitting.page, sitting.phone
    sitting.pair()
    hand = PointerHand(phone, BEFORE_RELOAD, film=page)
    follow(hand)
    shown = page.get_by_role("slider")
    expect(shown).to_have_attribute("aria-valuenow", "80")
    before = witnessed(phone, pivot=hand.pivot, film=page)

    page.reload()
    for value in range(75, 45, -5):  # a hand does not wait for a page
        phone.mouse.move(*hand.pivot.point(value))
    sitting.expect_ready()
    expect(shown).to_have_attribute("aria-valuenow", "50")
    expect(shown).to_have_attribute("aria-disabled", "true")
    stood_s = sitting.film_s()
    sitting.let_go()
    follow(PointerHand(phone, AFTER_RELOAD, film=page))
    expect(shown).to_have_attribute("aria-valuenow", "30")
    after = witnessed(phone, pivot=hand.pivot, film=page)
    sitting.room.wait_for_end_of_rating(timeout_s=LENGTH_S + 20)

    log = desk.export(address).event_log("client")
    assert sorted(stream.is_phone for stream in log.streams) == [False, False, True]
    for stream in log.streams:
        assert stream.seqs == tuple(range(len(stream.seqs)))
    assembly = assemble(log, scale=HELPFULNESS, start_s=0.0, end_s=LENGTH_S, step_s=1.0)
    assert abs(stood_s - before.pairs[-1, 1]) < 1.0
    assert assembly.trace.coverage[1:-1].min() > 0.99
    assert assembly.phone_uncertainty_ms is not None
    bound_s = assembly.phone_uncertainty_ms / 1000 + KNOWN_S
    values = assembly.trace.values.tolist()
    assert worst_excess(joined(before, after, resumed_s=stood_s), values, late_s=0.0, bound_s=bound_s) < 1e-9
    # the control: a page that went on where the dial stood before it was loaded again would not pass
    forgetful = replace(after, values=np.where(after.at_s < AFTER_RELOAD.at_s[1] - 1, 80.0, after.values))
    assert worst_excess(joined(before, forgetful, resumed_s=stood_s), values, late_s=0.0, bound_s=bound_s) > 1


def test_a_phone_whose_sitting_is_over_stops_and_keeps_nothing(
    lan_server: Server, open_context: OpenContext, session: tuple[Desk, str], film: Film
) -> None:
    desk, _ = session
    address = prepare(desk, "Phones end", film)
    ways = (
        ("client", "#person-client form[action$='/close']", "Your rating was ended here"),
        ("therapist", "#recording form[action$='/void']", "This recording is not used any more"),
    )
    for role, form, said in ways:
        sitting = Sitting(lan_server, open_context, desk.make_link(address, role, tasks={"rate"}))
        sitting.pair()
        sitting.touch()
        sitting.expect_playing()
        assert stored(sitting.phone)["keys"] == 1
        desk.page.goto(address)
        give_reason(desk.page.locator(form), "went home")

        sitting.expect_title(said)
        expect(sitting.phone.locator("[data-title]")).to_contain_text("not the dial any more")
        expect(sitting.phone.get_by_role("slider")).to_have_attribute("aria-disabled", "true")
        stood_s = sitting.film_s()
        assert stored(sitting.phone) == {"keys": 0, "records": 0}
        assert sitting.film_s() == stood_s


def test_a_phone_that_comes_back_when_its_sitting_was_handed_in_from_another_device_says_so_and_keeps_nothing(
    lan_server: Server, open_context: OpenContext, session: tuple[Desk, str], film: Film
) -> None:
    desk, _ = session
    address = prepare(desk, "Phones elsewhere", film, length_s=6)
    link = desk.make_link(address, "client", tasks={"rate"})
    sitting = Sitting(lan_server, open_context, link)
    sitting.pair()
    sitting.touch()
    sitting.expect_playing()
    sitting.let_go()
    until = time.monotonic() + 10
    while stored(sitting.phone)["records"]:
        assert time.monotonic() < until, "what was rated before is not sent"
    sitting.phones.set_offline(True)
    sitting.phone.keyboard.press("ArrowUp")
    sitting.expect_title("cannot be heard")
    assert stored(sitting.phone)["records"] > 0

    other = Room(open_context(base_url=lan_server.address).new_page())
    other.come_in(link)
    expect(other.page.locator("[data-veil-title]")).to_contain_text("open in another window")
    other.page.locator("[data-veil-act]").click()
    sitting.expect_title("goes on in another window")
    other.wait_for_dial()
    other.page.keyboard.press("End")
    other.wait_for_end_of_rating(timeout_s=LENGTH_S + 20)
    expect(sitting.phone.locator("[data-title]")).to_have_text("No connection")

    sitting.phones.set_offline(False)
    expect(sitting.phone.locator("[data-title]")).to_contain_text("not the dial any more", timeout=20_000)
    expect(sitting.phone.get_by_role("slider")).to_have_attribute("aria-disabled", "true")
    assert stored(sitting.phone) == {"keys": 0, "records": 0}
    log = desk.export(address).event_log("client")
    # what the phone kept to itself until then comes too late: a sitting that is handed in is not written in any more
    phone = next(stream for stream in log.streams if stream.is_phone)
    assert [event.fields for event in phone.of_kind("dial")] == [(50, "pointer")]
    last = max(log.streams, key=lambda stream: (stream.epoch, not stream.is_phone))
    assert [event.fields for event in last.of_kind("dial")] == [(100, "keyboard")]
    assert last.events[-1].kind == "finish"


def joined(before: Witnessed, after: Witnessed, *, resumed_s: float) -> Witnessed:
    """Put two loads of the page together: what was watched again counts as it was rated again."""
    earlier = before.at_s < resumed_s
    # what was turned before the first frame that moved was turned while it stood
    stood = after.at_s <= after.pairs[0, 1]
    at_s = np.concatenate([before.at_s[earlier], np.maximum(np.where(stood, resumed_s, after.at_s), resumed_s)])
    return Witnessed(at_s, np.concatenate([before.values[earlier], after.values]), after.pairs)


def show_trust_page(page: Page) -> None:
    expect(page.locator(".fingerprint")).to_be_visible()


def test_a_phone_is_told_how_to_trust_and_reaches_nothing_but_the_room(
    lan_server: Server, open_context: OpenContext
) -> None:
    here = open_context(base_url=lan_server.address).new_page()
    here.goto("/trust")
    show_trust_page(here)
    lan = here.locator("strong.address").inner_text().removesuffix("/trust")
    phone = open_context(base_url=lan, ignore_https_errors=True, width=390, height=844).new_page()
    phone.goto("/trust")
    show_trust_page(phone)
    assert phone.locator(".fingerprint").inner_text() == here.locator(".fingerprint").inner_text()
    assert phone.evaluate("window.isSecureContext")
    for path, status in (("/desk/", 404), ("/desk/sign-in", 404), ("/ready", 404), ("/", 404)):
        assert phone.request.get(f"{lan}{path}", max_redirects=0).status == status
    downloaded = phone.request.get(f"{lan}/trust/dialogram.crt")
    assert downloaded.text() == (lan_server.data / "lan-authority.crt").read_text()
