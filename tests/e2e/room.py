"""What a participant does in the room, page by page."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from playwright.sync_api import Locator, Page, expect


@dataclass(frozen=True)
class Segment:
    """A moment that is replayed: where it lies and what is asked about it."""

    start_s: float
    end_s: float
    question: str


@dataclass(frozen=True)
class Room:
    """The page of somebody who came by a link."""

    page: Page

    def expect_step(self, step: str) -> None:
        expect(self.page.locator(f"form input[name=step][value={step}]")).to_have_count(1)

    def press_on(self) -> None:
        """Press the form's own button, which is its first."""
        self.page.locator("form:has(input[name=step]) button").first.click()

    def come_in(self, link: str) -> None:
        self.page.goto(link)
        self.page.locator("form[method=post] button").first.click()
        self.page.wait_for_url("**/room/")

    def agree(self, *, clips: bool = False) -> None:
        self.expect_step("consent")
        self.page.locator("[name=agree]").check()
        if clips:
            self.page.locator("[name=clips]").check()
        self.press_on()

    def check(self) -> None:
        """Play the recording's beginning, then say that it can be seen and heard."""
        self.expect_step("check")
        toggle = self.page.locator("[data-clip-toggle]")
        expect(toggle).to_be_enabled()
        toggle.click()
        expect(self.page.locator("[data-clip]")).to_have_attribute("data-phase", "playing")
        self.press_on()

    def read(self) -> None:
        self.expect_step("instructions")
        self.press_on()

    def choose_dial(self, kind: str) -> None:
        """Choose a kind of dial by its radio button."""
        self.expect_step("dial")
        self.page.locator(f"input[name=dial][value={kind}]").check()

    def skip_practice(self) -> None:
        self.page.locator("[data-skip]").click()
        expect(self.page.locator("[data-stop]")).to_be_visible()

    def dial(self) -> Locator:
        return self.page.get_by_role("slider")

    def turn_to_the_goals(self) -> None:
        """Turn to both ends and back to the middle, then touch the dial and let a part of the recording play."""
        expect(self.dial()).to_have_attribute("aria-disabled", "false")
        steps = self.page.locator("[data-dots] .done")
        for done, keys in enumerate((["End"], ["Home"], ["PageUp"] * 5), start=1):
            for key in keys:
                self.page.keyboard.press(key)
            expect(steps).to_have_count(done)
        self.page.keyboard.press("ArrowRight")

    def wait_for_dial(self) -> None:
        """Wait until the rating page waits for a hand."""
        expect(self.page.locator("[data-stop]")).to_be_visible()
        expect(self.dial()).to_have_attribute("aria-disabled", "false", timeout=15_000)

    def wait_for_end_of_rating(self, *, timeout_s: float) -> None:
        """Wait until the rating is handed in and the page after it is there."""
        expect(self.page.locator("[data-stop]")).to_have_count(0, timeout=timeout_s * 1000)

    def segment(self) -> Segment:
        """Read what the page of a replayed moment was given."""
        clip = self.page_data()["clip"]
        question = self.page.locator("label[for=text]").inner_text()
        return Segment(clip["start_s"], clip["end_s"], question)

    def page_data(self) -> Mapping[str, Any]:
        data: Mapping[str, Any] = self.page.evaluate("JSON.parse(document.getElementById('page-data').textContent)")
        return data

    def recall(self, words: Callable[[int, Segment], str], *, watch: bool = True) -> list[Segment]:
        """Describe every moment by keyboard alone, having watched the first to its end; returns them in order."""
        page = self.page
        told: list[Segment] = []
        self.expect_step("segment")
        for place in range(page.locator(".places i").count()):
            here = self.segment()
            if watch and place == 0:
                expect(page.locator("[data-clip-toggle]")).to_be_enabled()
                tab_to(page, "[data-clip-toggle]")
                page.keyboard.press("Enter")
                expect(page.locator("[data-clip]")).to_have_attribute("data-phase", "playing")
                expect(page.locator("[data-clip]")).to_have_attribute("data-phase", "ended", timeout=15_000)
            tab_to(page, "[name=moment]")
            page.keyboard.press("Space")
            tab_to(page, "#text")
            page.keyboard.type(words(place, here))
            tab_to(page, "button[name=act][value=next]")
            ident = page.locator("[name=segment]").input_value()
            with page.expect_navigation():
                page.keyboard.press("Enter")
            expect(page.locator(f"[name=segment][value='{ident}']")).to_have_count(0)
            told.append(here)
        return told


def tab_to(page: Page, selector: str, *, most: int = 30) -> None:
    """Press Tab until the focus is where it should be; a page whose controls cannot be reached so fails here."""
    for _ in range(most):
        if page.evaluate("(selector) => document.activeElement?.matches(selector) ?? false", selector):
            return
        page.keyboard.press("Tab")
    raise AssertionError(f"{selector} cannot be reached by Tab")
