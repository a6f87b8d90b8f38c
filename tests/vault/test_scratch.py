import io
import os
import tempfile
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
import pytest
from hypothesis import given, settings, strategies as st

from dialogram.vault import scratch as scratch_module
from dialogram.vault.scratch import EncryptedScratch
from dialogram.vault.sealing import SealingError


@pytest.fixture
def small_blocks(monkeypatch: pytest.MonkeyPatch) -> None:
    """Three blocks of 50 bytes in memory, so that a few hundred bytes go to disk and come back."""
    monkeypatch.setattr(scratch_module, "BLOCK_BYTES", 50)
    monkeypatch.setattr(scratch_module, "MOST_BLOCKS", 3)


def descriptor_of(scratch: EncryptedScratch) -> int:
    return scratch._blocks._file.fileno()


def on_disk(scratch: EncryptedScratch) -> bytes:
    return os.pread(descriptor_of(scratch), 1 << 30, 0)


OPERATION = st.one_of(
    st.tuples(st.just("write"), st.binary(max_size=180)),
    st.tuples(st.just("read"), st.integers(0, 300)),
    st.tuples(st.just("seek"), st.integers(0, 700)),
    st.tuples(st.just("truncate"), st.integers(0, 700)),
    st.tuples(st.just("seek to end"), st.integers(-20, 60)),
    st.tuples(st.just("view"), st.integers(0, 700)),
)


@pytest.mark.usefixtures("small_blocks")
def test_does_what_a_plain_file_does(tmp_path: Path) -> None:
    @settings(max_examples=300, deadline=None)
    @given(st.lists(OPERATION, max_size=25))
    def check(operations: list[tuple[str, bytes | int]]) -> None:
        with EncryptedScratch(tmp_path) as ours, tempfile.TemporaryFile(dir=tmp_path) as plain:
            for what, value in operations:
                match what, value:
                    case "write", bytes(data):
                        assert ours.write(data) == plain.write(data)
                    case "read", int(count):
                        assert ours.read(count) == plain.read(count)
                    case "seek", int(position):
                        assert ours.seek(position) == plain.seek(position)
                    case "truncate", int(size):
                        assert ours.truncate(size) == plain.truncate(size)
                    case "seek to end", int(offset):
                        at = max(offset, -plain.seek(0, io.SEEK_END))
                        assert ours.seek(at, io.SEEK_END) == plain.seek(at, io.SEEK_END)
                    case "view", int(start):
                        view, here = ours.view(), plain.tell()
                        view.seek(start)
                        plain.seek(start)
                        assert view.read(90) == plain.read(90)
                        plain.seek(here)
                assert ours.tell() == plain.tell()
            ours.seek(0)
            plain.seek(0)
            assert ours.read() == plain.read()

    check()


@pytest.mark.usefixtures("small_blocks")
def test_block_written_again_never_looks_the_same(tmp_path: Path) -> None:
    with EncryptedScratch(tmp_path) as scratch:
        seen = set()
        for _ in range(100):
            scratch.seek(0)
            scratch.write(b"the same words ")
            scratch.seek(50 * 5)
            scratch.write(bytes(50 * 4))  # pushes the first block out
            seen.add(on_disk(scratch)[:66])
        assert len(seen) == 100


@pytest.mark.usefixtures("small_blocks")
def test_changed_and_older_blocks_are_refused(tmp_path: Path) -> None:
    with EncryptedScratch(tmp_path) as scratch:
        scratch.write(b"first" * 100)
        older = on_disk(scratch)[:66]
        scratch.seek(0)
        scratch.write(b"again" * 100)
        newer = on_disk(scratch)[:66]
        flipped = bytes([newer[0] ^ 1]) + newer[1:]
        for planted in (older, flipped, on_disk(scratch)[66:132]):
            os.pwrite(descriptor_of(scratch), planted, 0)
            scratch.seek(0)
            with pytest.raises(SealingError, match="block 0"):
                scratch.read(5)
        os.pwrite(descriptor_of(scratch), newer, 0)
        assert scratch.read(5) == b"again"


def test_disk_never_sees_plain_bytes_and_keeps_no_name(tmp_path: Path) -> None:
    canary = b"CANARY-she-cried-in-minute-12"
    with EncryptedScratch(tmp_path) as scratch:
        for _ in range(200):
            scratch.write(canary * 2000)  # 11 MB, more than memory holds
        assert len(on_disk(scratch)) > 5_000_000
        assert canary not in on_disk(scratch)
        assert list(tmp_path.iterdir()) == []
        scratch.seek(-len(canary), io.SEEK_END)
        assert scratch.read() == canary


def test_memory_is_bounded(tmp_path: Path) -> None:
    with EncryptedScratch(tmp_path) as scratch:
        for _ in range(300):
            scratch.write(bytes(scratch_module.BLOCK_BYTES))
        assert len(scratch._blocks._held) == scratch_module.MOST_BLOCKS


@pytest.mark.usefixtures("small_blocks")
def test_full_disk_is_an_error_and_forgets_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with EncryptedScratch(tmp_path) as scratch:
        scratch.write(bytes(range(150)))
        with monkeypatch.context() as full:
            full.setattr(os, "pwrite", lambda *_: 0)
            with pytest.raises(OSError, match="not everything"):
                scratch.write(b"more")
        scratch.seek(0)
        assert scratch.read(150) == bytes(range(150))


def test_closed_file_is_gone(tmp_path: Path) -> None:
    scratch = EncryptedScratch(tmp_path)
    view = scratch.view()
    scratch.write(b"x")
    scratch.close()
    for use in (scratch.read, scratch.tell, scratch.truncate, scratch.view, lambda: scratch.write(b"y"), view.read):
        with pytest.raises(ValueError, match="closed"):
            use()


def test_remux_with_the_index_in_front(tmp_path: Path) -> None:
    with EncryptedScratch(tmp_path) as scratch:
        with av.open(
            scratch,
            "w",
            format="mp4",
            options={"movflags": "faststart"},
            io_open=lambda *_: scratch.view(),
        ) as container:
            stream = container.add_stream("mpeg4", rate=Fraction(25))
            stream.width, stream.height = 320, 240
            noise = np.random.default_rng(7)
            for _ in range(50):
                frame = av.VideoFrame.from_ndarray(
                    noise.integers(0, 255, (240, 320, 3), dtype=np.uint8), format="rgb24"
                )
                container.mux(stream.encode(frame))
            container.mux(stream.encode(None))
        scratch.seek(0)
        data = scratch.read()
        assert 0 < data.index(b"moov") < data.index(b"mdat")
        scratch.seek(0)
        with av.open(scratch, "r", format="mp4") as container:
            assert sum(1 for _ in container.decode(video=0)) == 50
