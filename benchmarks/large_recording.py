"""Peak memory of every server process while a large file is uploaded, imported and watched.

python benchmarks/large_recording.py [MEGABYTES]      (default 2000; the target is under 300 MB a process)
"""

import http.cookiejar
import json
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from datetime import timedelta
from pathlib import Path

from benchmarks.recording_import import CLIP_S, make_clip
from django.utils import timezone

from dialogram.archive.recording import make_rendition
from dialogram.server.config.boot import prepare

PIECE = 1024 * 1024
MINUTES = 50


def make_film(folder: Path, megabytes: int) -> Path:
    """Write a 50-minute film of the wanted size."""
    clip, film = folder / "clip.mp4", folder / "film.mp4"
    make_clip(clip, round(megabytes * 8e6 / (60 * MINUTES)))
    parts = [clip.open("rb") for _ in range(MINUTES * 60 // CLIP_S)]
    with film.open("w+b") as out:
        make_rendition(parts, out, progress=lambda _share: None, cancelled=lambda: False)
    for part in parts:
        part.close()
    return film


def prepare_session(data: Path) -> tuple[str, str]:
    """Make a study with one session; give its id and a token that signs in."""
    prepare(data)
    from dialogram.server.accounts.models import User
    from dialogram.server.accounts.sign_in import make_sign_in_link
    from dialogram.server.records.domain import people, sessions, studies
    from dialogram.study import Role, shipped_text

    now = timezone.now()
    owner = User.objects.create_user("benchmark", "a long enough password", is_owner=True)
    study = studies.create_study(name="x", design_text=shipped_text("helpfulness"), user_id=owner.pk, now=now)
    pair = [
        people.add_participant(study_id=study.pk, role=role, code=role.value, user_id=owner.pk, now=now).pk
        for role in (Role.CLIENT, Role.THERAPIST)
    ]
    dyad = people.add_dyad(study_id=study.pk, participant_ids=pair, user_id=owner.pk, now=now)
    session = sessions.add_session(dyad_id=dyad.pk, number=1, held_on=None, user_id=owner.pk, now=now)
    return session.pk, make_sign_in_link(owner, lifetime=timedelta(hours=2), now=now)


class Browser:
    """A signed-in HTTP client."""

    def __init__(self, base: str, token: str) -> None:
        self.base, self.jar = base, http.cookiejar.CookieJar()
        self.opener = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(self.jar))
        self.get(f"/desk/enter/{token}")

    def get(self, path: str, **headers: str) -> bytes:
        request = urllib.request.Request(self.base + path, headers=headers)
        with self.opener.open(request) as response:
            return bytes(response.read())

    def post(self, path: str, body: bytes) -> bytes:
        csrf = next((cookie.value for cookie in self.jar if "csrf" in cookie.name), "")
        headers = {"X-CSRFToken": csrf or "", "Content-Type": "application/octet-stream", "Origin": self.base}
        with self.opener.open(urllib.request.Request(self.base + path, data=body, headers=headers)) as response:
            return bytes(response.read())


def peaks(root: int) -> dict[int, tuple[str, float]]:
    """Give name and peak memory in MB of a process and all below it."""
    found, waiting = {}, [root]
    while waiting:
        pid = waiting.pop()
        try:
            status = Path(f"/proc/{pid}/status").read_text()
            waiting += [int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]
            command = Path(f"/proc/{pid}/cmdline").read_text().replace("\0", " ")
        except FileNotFoundError:
            continue
        lines = dict(line.split(":", 1) for line in status.splitlines())
        found[pid] = (command[-60:], int(lines["VmHWM"].split()[0]) / 1000)
    return found


def main(megabytes: int = 2000) -> None:
    with tempfile.TemporaryDirectory(prefix="dialogram-large-") as folder:
        film = make_film(Path(folder), megabytes)
        data = Path(folder, "data")
        session, token = prepare_session(data)
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            port = free.getsockname()[1]
        command = [str(Path(sys.executable).with_name("dialogram")), "serve", "--data", str(data), "--port", str(port)]
        with subprocess.Popen([*command, "--no-browser"], stdout=subprocess.PIPE, text=True) as server:
            assert server.stdout is not None
            server.stdout.readline()
            browser = Browser(f"http://localhost:{port}", token)
            browser.get(f"/desk/sessions/{session}/")
            size = film.stat().st_size
            began = time.monotonic()
            announced = json.dumps({"files": [{"name": film.name, "size": size}]}).encode()
            base = json.loads(browser.post(f"/desk/sessions/{session}/recordings", announced))["base"]
            with film.open("rb") as file:
                for piece in range(-(-size // PIECE)):
                    browser.post(f"{base}/parts/0/pieces/{piece}", file.read(PIECE))
            browser.post(f"{base}/uploaded", b"")
            uploaded = time.monotonic()
            while not _is_ready(browser, base):
                time.sleep(1.0)
            imported = time.monotonic()
            for start in range(0, size, size // 200):
                browser.get(f"{base}/media", Range=f"bytes={start}-")
            watched = time.monotonic()
            print(f"{size / 1e6:.0f} MB: upload {uploaded - began:.0f} s, import {imported - uploaded:.0f} s,")
            print(f"200 ranges {watched - imported:.1f} s")
            print("| process | peak memory, MB |\n|---|---|")
            for name, peak in peaks(server.pid).values():
                print(f"| …{name} | {peak:.0f} |")
            server.terminate()


def _is_ready(browser: Browser, base: str) -> bool:
    try:
        browser.get(f"{base}/media", Range="bytes=0-0")
    except urllib.error.HTTPError:
        return False
    return True


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
