"""A therapist's whole visit before release: no answer she gets holds what her client rated, said or meant."""

import itertools
import json
import re
from collections.abc import Sequence
from dataclasses import dataclass, field

import pytest
from playwright.sync_api import BrowserContext, Error, Page, Response, expect
from tests.e2e.conftest import Film, OpenContext
from tests.e2e.desk import Desk, short_design
from tests.e2e.hand import KeyHand, PointerHand, follow, make_curve, set_witness
from tests.e2e.room import Room, Segment, tab_to
from tests.e2e.serving import Server
from tests.e2e.worker import prepare_worker

pytestmark = pytest.mark.e2e

LENGTH_S = 24.0
HIGH, LOW = 83, 17
CLIENT = make_curve([(4.6, HIGH), (13.6, LOW)], step=3, rate=15)
THERAPIST = make_curve([(7.5, 60), (16.6, 40)], step=5, rate=6)
CANARY = "heliotrope vermicelli"
"""Words no page of ours would say."""


EAR = """
(() => {
  const real = window.fetch;
  window.fetch = async (url, options) => {
    const answer = await real(url, options);
    await window.told(String(url), await answer.clone().text());
    return answer;
  };
  new BroadcastChannel("ear").onmessage = ({ data }) => window.told(...data);
})();
"""
"""What scripts are told is heard before they hear it: a page that leaves takes the bodies with it."""

WORKER_EAR = """
{
  const real = self.fetch;
  const ear = new BroadcastChannel("ear");
  self.fetch = async (url, options) => {
    const answer = await real(url, options);
    ear.postMessage([String(url), await answer.clone().text()]);
    return answer;
  };
}
"""
"""The same where records are sent."""


@dataclass
class Ear:
    """Everything a browser is told: addresses, headers and bodies, apart from the program's own files."""

    texts: list[tuple[str, str]] = field(default_factory=list)
    unread: list[str] = field(default_factory=list)

    def listen(self, context: BrowserContext) -> None:
        context.expose_binding("told", lambda _source, url, text: self.texts.append((url, text)))
        context.add_init_script(EAR)
        prepare_worker(context, WORKER_EAR)
        context.on("response", self._hear)

    def _hear(self, response: Response) -> None:
        if "/static/" in response.url:
            return
        head = "\n".join([response.url, *(f"{name}: {value}" for name, value in response.headers.items())])
        body = ""
        if response.status not in {206, 301, 302, 303} and response.request.resource_type != "fetch":
            try:
                body = response.text()
            except (Error, UnicodeDecodeError):
                self.unread.append(f"{response.status} {response.url}")
        self.texts.append((response.url, f"{head}\n\n{body}"))


@dataclass(frozen=True)
class Secrets:
    """What a therapist must not learn, and how to find it in what she is told."""

    words: Sequence[str]
    ids: Sequence[str]
    starts_s: Sequence[float]

    def found_in(self, text: str) -> set[str]:
        numbers = [float(number) for number in re.findall(r"(?<![\w.])\d{1,3}(?:\.\d+)?(?![\w.])", text)]
        steps = [number for number, _ in itertools.groupby(numbers)]
        found = {"words"} if any(word in text for word in self.words) else set()
        if any(ident in text for ident in self.ids):
            found.add("ids")
        if any({HIGH, LOW} <= set(steps[place : place + 40]) for place in range(len(steps))):
            found.add("ratings")
        clips = {float(start) for start in re.findall(r'"?start_s"?\s*[:=]\s*"?(\d+(?:\.\d+)?)', text)}
        if clips & set(self.starts_s):
            found.add("times")
        return found


def come_in(context: BrowserContext, link: str, *, clips: bool) -> Room:
    """Come by a link as far as the dial."""
    set_witness(context)
    room = Room(context.new_page())
    room.come_in(link)
    room.agree(clips=clips)
    room.check()
    room.read()
    room.wait_for_dial()
    return room


def sitting_id(room: Room) -> str:
    return str(room.page_data()["base"]).rpartition("/")[2]


def describe(room: Room, words: str) -> tuple[Sequence[Segment], set[str]]:
    """Describe all moments; returns them and the ids met on the way."""
    room.read()
    ids = {sitting_id(room), room.page.locator("[name=segment]").input_value()}
    told = room.recall(lambda place, _segment: f"{words} {place}", watch=False)
    expect(room.page.locator("form")).to_have_count(0)
    return told, ids


def ask(page: Page, method: str, path: str, body: str | None = None) -> tuple[int, str]:
    """Ask for an address out of the page, as its own scripts would."""
    status, text = page.evaluate(
        """async ([method, path, body]) => {
            const answer = await fetch(path, { method, body, headers: { "Content-Type": "application/json" } });
            return [answer.status, await answer.text()];
        }""",
        [method, path, body],
    )
    return status, text


def test_before_release_a_therapist_is_told_nothing_of_her_client(
    server: Server, desk: Desk, film: Film, open_context: OpenContext
) -> None:
    session = desk.prepare("Blind", design=short_design(per_kind=1, practice=False), film=film(LENGTH_S))
    contexts = {role: open_context(base_url=server.address) for role in ("client", "therapist")}
    ears = {role: Ear() for role in contexts}
    for role, context in contexts.items():
        ears[role].listen(context)
    rooms = {
        role: come_in(context, desk.make_link(session, role), clips=role == "client")
        for role, context in contexts.items()
    }
    ids, own_ids = ({sitting_id(room)} for room in rooms.values())
    tab_to(rooms["therapist"].page, "[role=slider]")
    follow(PointerHand(rooms["client"].page, CLIENT), KeyHand(rooms["therapist"].page, THERAPIST))
    rooms["client"].page.mouse.up()
    for room in rooms.values():
        room.wait_for_end_of_rating(timeout_s=25)
    told, more = describe(rooms["client"], CANARY)
    ids |= more
    secrets = Secrets(words=[CANARY, "heliotrope"], ids=sorted(ids), starts_s=[one.start_s for one in told])
    assert len(told) == 2
    own, more = describe(rooms["therapist"], "plain words")
    own_ids |= more
    assert not {one.start_s for one in own} & set(secrets.starts_s), "else her own clips would hide her client's"
    page = rooms["therapist"].page
    for _ in range(2):
        page.goto("/room/")
        expect(page.locator("form")).to_have_count(0)

    on_her_way = len(ears["therapist"].texts)
    for ident in (*ids, "f" * 32):
        paths = [
            ("GET", f"/room/sittings/{ident}/media"),
            ("GET", f"/room/sittings/{ident}"),
            *(("POST", f"/room/sittings/{ident}/{verb}") for verb in ("streams", "records", "finish", "cards")),
            *(("POST", f"/room/sittings/{own_id}/segments/{ident}") for own_id in own_ids),
        ]
        for method, path in paths:
            status, _ = ask(page, method, path, "{}" if method == "POST" else None)
            assert status in {403, 404}, path
    known, unknown = (ask(page, "GET", f"/room/sittings/{ident}/media") for ident in (min(ids), "f" * 32))
    assert known == unknown, "somebody else's sitting and none at all are one"
    status, _ = ask(page, "POST", f"{session}export")
    assert status == 403
    for path in (session, f"{session}results", f"{session}results/figure.svg"):
        answer = page.goto(path)
        assert answer is not None
        assert "/desk/sign-in" in page.url or answer.status == 404

    therapist = ears["therapist"]
    assert therapist.unread == []
    assert on_her_way > 50
    found = [(url, secrets.found_in(text)) for url, text in therapist.texts]
    assert [one for one in found[:on_her_way] if one[1]] == []
    # Where she guessed an address, the answer repeats the address and nothing else.
    assert [one for one in found[on_her_way:] if one[1] - {"ids"}] == []

    # The control: what the client and the researcher were told holds every kind of secret, and it is found.
    in_client = set().union(*(secrets.found_in(text) for _, text in ears["client"].texts))
    assert {"ids", "times"} <= in_client
    desk.page.goto(f"{session}results")
    assert {"words", "ratings"} <= secrets.found_in(desk.page.content())


def test_the_scanner_knows_a_series_from_chance() -> None:
    secrets = Secrets(words=[CANARY], ids=[], starts_s=[5.0])
    assert secrets.found_in(json.dumps({"values": [50, 62, HIGH, HIGH, 40.5, LOW]})) == {"ratings"}
    assert secrets.found_in(json.dumps({"values": [50, 60, 60, 45, 40], "start_s": 15.0})) == set()
    assert secrets.found_in('{"start_s": 5.0}') == {"times"}
