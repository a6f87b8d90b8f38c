import pytest
from playwright.sync_api import Page, expect
from tests.e2e.harness_rate.conftest import MakeRoom, OpenPage
from tests.e2e.harness_rate.pages import practice_page

pytestmark = pytest.mark.e2e


def title(page: Page, text: str) -> None:
    expect(page.locator("[data-veil-title]")).to_have_text(text, timeout=8000)


def test_practice_is_done_by_keyboard_and_keeps_nothing(make_room: MakeRoom, open_page: OpenPage) -> None:
    opened = make_room({"practice": practice_page(start_s=1.0, length_s=2.0)})
    page = open_page(opened.url("practice"))
    title(page, "Turn the dial all the way to “helpful”")
    page.keyboard.press("Home")
    page.wait_for_timeout(700)
    title(page, "Turn the dial all the way to “helpful”")
    page.keyboard.press("End")
    title(page, "Now all the way to “hindering”")
    page.keyboard.press("Home")
    title(page, "And back to the middle: “neutral”")
    for _ in range(5):
        page.keyboard.press("PageUp")
    title(page, "Now touch the dial, and the recording plays")
    page.keyboard.press("ArrowRight")
    page.wait_for_timeout(800)
    page.keyboard.press("PageUp")
    expect(page.get_by_role("heading", name="That is all there is to it")).to_be_visible(timeout=8000)
    assert (page.locator("[data-line]").get_attribute("d") or "").count("V") == 1
    expect(page.get_by_role("link", name="Continue")).to_be_focused()
    page.keyboard.press("Enter")
    page.wait_for_url("**/room/done")
    assert opened.room.epochs == {}
    assert opened.room.records == {}


def test_practice_can_be_skipped_by_keyboard(make_room: MakeRoom, open_page: OpenPage) -> None:
    page = open_page(make_room({"practice": practice_page()}).url("practice"))
    title(page, "Turn the dial all the way to “helpful”")
    page.get_by_role("link", name="Skip practice").focus()
    page.keyboard.press("Enter")
    page.wait_for_url("**/room/done")


def test_practice_can_be_done_once_more(make_room: MakeRoom, open_page: OpenPage) -> None:
    page = open_page(make_room({"practice": practice_page(length_s=1.0)}).url("practice"))
    for _ in range(2):
        for key in ("End", "Home"):
            page.keyboard.press(key)
            page.wait_for_timeout(600)
        for _ in range(5):
            page.keyboard.press("PageUp")
        title(page, "Now touch the dial, and the recording plays")
        page.get_by_role("slider").press("Enter")
        expect(page.get_by_text("You left it where it was.")).to_be_visible(timeout=8000)
        page.get_by_role("button", name="Practise once more").click()
        title(page, "Turn the dial all the way to “helpful”")
