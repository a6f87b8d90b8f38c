"""What a researcher does at the desk, click by click."""

import csv
import io
import re
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Self

import numpy as np
from numpy.typing import NDArray
from playwright.sync_api import Locator, Page, expect

from dialogram.capture import EventLog, read_event_log
from dialogram.study import shipped_text

OWNER, PASSWORD = "researcher", "seven plain horses graze"
IMPORT_WITHIN_MS = 60_000


def short_design(*, per_kind: int = 3, practice: bool = True) -> str:
    """Give the shipped design with windows that fit a recording of a minute."""
    shorter = {
        "per_kind": str(per_kind),
        "window_s": "6",
        "warm_up_s": "4",
        "lead_in_s": "2",
        "same_kind_gap_s": "3",
        "asked": str(practice).lower(),
        "recording_s": "10",
    }
    text = shipped_text("helpfulness")
    for key, value in shorter.items():
        text, found = re.subn(rf"(?m)^{key} = \w+", f"{key} = {value}", text)
        assert found == 1, key
    return text


def submit(scope: Page | Locator, having: str) -> None:
    """Press the button of the form that has a field, or goes to an address."""
    form = scope.locator(
        "form", has=scope.page.locator(having) if isinstance(scope, Locator) else scope.locator(having)
    )
    form.locator("button:not([type=button])").first.click()


def unfold(details: Locator) -> None:
    """Open a fold, if it is shut."""
    if details.get_attribute("open") is None:
        details.locator("summary").click()


def give_reason(form: Locator, reason: str) -> None:
    """Do what needs one, and wait until it is done."""
    unfold(form.locator("xpath=ancestor::details[1]"))
    form.locator("textarea").fill(reason)
    form.locator("button").click()
    expect(form).to_have_count(0)


@dataclass(frozen=True)
class Bundle:
    """The files of an export."""

    files: Mapping[str, bytes]

    @classmethod
    def opened(cls, packed: bytes) -> Self:
        bundle = zipfile.ZipFile(io.BytesIO(packed))
        return cls({name: bundle.read(name) for name in bundle.namelist()})

    def rows(self, name: str, **having: str) -> list[dict[str, str]]:
        rows = csv.DictReader(io.StringIO(self.files[name].decode("utf-8-sig")))
        return [row for row in rows if all(row[key] == value for key, value in having.items())]

    def trace(self, role: str) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Give values and coverage, bin by bin."""
        rows = self.rows("traces.csv", role=role)
        values = np.array([float(row["value"] or "nan") for row in rows])
        return values, np.array([float(row["coverage"]) for row in rows])

    def event_log(self, role: str) -> EventLog:
        (name,) = (name for name in self.files if name.endswith(f"{role}.jsonl"))
        return read_event_log(self.files[name].decode().splitlines(keepends=True))


@dataclass(frozen=True)
class Desk:
    """The page of a researcher who is signed in."""

    page: Page

    def begin(self) -> None:
        """Make the owner's account: the first run."""
        page = self.page
        page.goto("/")
        page.wait_for_url("**/desk/first-account")
        page.locator("[name=username]").fill(OWNER)
        page.locator("[name=password]").fill(PASSWORD)
        submit(page, "[name=password]")
        page.wait_for_url("**/desk/")

    def sign_in(self) -> None:
        """Come in; the first of all makes the account."""
        page = self.page
        page.goto("/desk/sign-in")
        if page.url.endswith("/first-account"):
            self.begin()
            return
        page.locator("[name=username]").fill(OWNER)
        page.locator("[name=password]").fill(PASSWORD)
        submit(page, "[name=password]")
        page.wait_for_url("**/desk/")

    def export(self, session: str) -> "Bundle":
        """Fetch a session's data."""
        self.page.goto(session)
        return Bundle.opened(self._post(f"{session}export"))

    def _post(self, address: str, **fields: str) -> bytes:
        """Send what a form of the page that is open would send."""
        page = self.page
        token = page.locator("[name=csrfmiddlewaretoken]").first.input_value()
        form: dict[str, str | float | bool] = {"csrfmiddlewaretoken": token, **fields}
        answer = page.request.post(address, form=form, headers={"Referer": page.url})
        assert answer.ok, answer.status
        return answer.body()

    def make_study(self, name: str, *, design: str, folder: Path, deals: bool = False) -> str:
        """Begin a study from a design file; returns its address."""
        page = self.page
        page.goto("/desk/studies/new")
        self.fill_study(name, design=design, folder=folder, deals=deals)
        page.wait_for_url(re.compile(r"/desk/studies/(?!new)\w+/$"))
        return page.url

    def fill_study(self, name: str, *, design: str, folder: Path, deals: bool = False) -> None:
        page = self.page
        file = folder / "minute.toml"
        file.write_text(design)
        page.locator("[name=name]").fill(name)
        page.locator("[name=design][value=file]").check()
        page.locator("[name=design_file]").set_input_files(file)
        page.locator(f"[name=deals][value={'yes' if deals else 'no'}]").check()
        submit(page, "[name=deals]")

    def add_person(self, study: str, *, role: str, code: str) -> None:
        page = self.page
        page.goto(f"{study}people")
        unfold(page.locator("details", has=page.locator("[name=code]")))
        page.locator("[name=role]").select_option(role)
        page.locator("[name=code]").fill(code)
        submit(page, "[name=code]")
        expect(page.locator(f"[data-role={role}]", has_text=code)).to_be_visible()

    def pair(self, study: str, *, client: str, therapist: str) -> None:
        page = self.page
        page.goto(f"{study}people")
        unfold(page.locator("details", has=page.locator("[name=therapist]")))
        page.locator("[name=client]").select_option(label=client)
        page.locator("[name=therapist]").select_option(label=therapist)
        submit(page, "[name=therapist]")
        expect(page.locator("#dyads li", has_text=client)).to_contain_text(therapist)

    def add_session(self, study: str, *, number: int) -> str:
        """Add a session of the first dyad; returns its address."""
        page = self.page
        page.goto(f"{study}sessions/new")
        page.locator("[name=number]").fill(str(number))
        page.locator("[name=held_on]").fill("2026-10-01")
        submit(page, "[name=held_on]")
        page.wait_for_url(re.compile(r"/desk/sessions/(?!new)\w+/$"))
        return page.url

    def send(self, session: str, *files: Path) -> None:
        """Choose files in the browser and send them; ends when the import has begun."""
        page = self.page
        page.goto(session)
        page.locator("[data-files]").set_input_files(files)
        page.locator("[data-send]").click()
        expect(page.locator("[data-upload]")).to_have_count(0, timeout=30_000)

    def upload(self, session: str, *files: Path) -> None:
        """Send a recording and wait until it is imported."""
        self.send(session, *files)
        expect(self.page.locator("#recording a[href$='/look']")).to_be_visible(timeout=IMPORT_WITHIN_MS)

    def look_and_confirm(self, session: str) -> None:
        """Watch the start, the middle and the end, then say that it is theirs."""
        page = self.page
        page.goto(session)
        page.locator("#recording a[href$='/look']").click()
        confirm = page.locator("[data-confirm]")
        for place in ("start", "middle", "end"):
            expect(confirm).to_be_disabled()
            button = page.locator(f"[data-place={place}]")
            button.click()
            expect(button).to_have_class(re.compile(r"\bseen\b"), timeout=15_000)
        confirm.click()
        page.wait_for_url(session)

    def confirm(self, session: str) -> None:
        """Say that it is theirs, as its page does once all three places were watched."""
        page = self.page
        page.goto(session)
        address = page.locator("#recording a[href$='/look']").get_attribute("href") or ""
        self._post(f"{address.removesuffix('look')}confirm", watched="start middle end")

    def note_others(self, session: str) -> None:
        page = self.page
        page.goto(session)
        unfold(page.locator("#others details"))
        page.locator("#others [name=note]").fill("Both signed the form for recordings; nobody else is heard.")
        submit(page.locator("#others"), "[name=note]")
        expect(page.locator("#others .done")).to_be_visible()

    def make_link(self, session: str, role: str, *, tasks: set[str] | None = None, whole_course: bool = False) -> str:
        """Make a link for a participant and read it off the page that shows it once."""
        page = self.page
        page.goto(session)
        fold = page.locator(f"#person-{role} details", has=page.locator("[name=tasks]"))
        unfold(fold)
        for box in fold.locator("[name=tasks]").all():
            if tasks is not None:
                box.set_checked((box.get_attribute("value") or "") in tasks)
        if whole_course:
            fold.locator("[name=whole_course]").check()
        submit(page.locator(f"#person-{role}"), "[name=tasks]")
        return page.locator("#address").input_value()

    def prepare(self, name: str, *, design: str, film: Path) -> str:
        """Come from an empty study to a session whose links can open; returns the session's address."""
        study = self.make_study(name, design=design, folder=film.parent)
        for role, code in (("client", "K7-01"), ("therapist", "T4-01")):
            self.add_person(study, role=role, code=code)
        self.pair(study, client="K7-01", therapist="T4-01")
        session = self.add_session(study, number=3)
        self.upload(session, film)
        self.confirm(session)
        self.note_others(session)
        return session
