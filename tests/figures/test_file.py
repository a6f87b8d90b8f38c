from io import BytesIO
from pathlib import Path
from xml.etree import ElementTree as ET

import matplotlib as mpl
import numpy as np
import pytest
from matplotlib.figure import Figure
from matplotlib.image import imread
from pypdf import PdfReader

from dialogram.analysis import compare
from dialogram.figures import draw_session, save
from dialogram.timeline import Trace


def _figure() -> Figure:
    a = Trace(values=np.repeat([50.0, 80, 50, 20, 50], 60), step_s=1.0, name="client")
    b = Trace(values=np.repeat([50.0, 75, 60, 50, 45], 60), step_s=1.0, name="therapist")
    return draw_session(a, b, compare(a, b))


def test_svg_is_a_picture_of_its_size_without_foreign_letters_or_addresses(tmp_path: Path) -> None:
    written = save(_figure(), tmp_path / "dyad.svg").read_text(encoding="utf-8")
    root = ET.fromstring(written)
    assert root.tag == "{http://www.w3.org/2000/svg}svg"
    assert float(root.attrib["width"].removesuffix("pt")) == pytest.approx(174 / 25.4 * 72, abs=0.01)
    assert not list(root.iter("{http://www.w3.org/2000/svg}text"))
    assert "font-family" not in written


def test_png_has_print_resolution(tmp_path: Path) -> None:
    height, width, _ = imread(save(_figure(), tmp_path / "dyad.png")).shape
    assert abs(width - 174 / 25.4 * 300) < 2
    assert abs(height - 76 / 25.4 * 300) < 2


def test_pdf_embeds_truetype(tmp_path: Path) -> None:
    page = PdfReader(save(_figure(), tmp_path / "dyad.pdf")).pages[0]
    fonts = [font.get_object() for font in page["/Resources"]["/Font"].values()]  # type: ignore[index]
    assert fonts
    for font in fonts:
        [inner] = font["/DescendantFonts"]
        assert "/FontFile2" in inner.get_object()["/FontDescriptor"]
    assert "therapist" in page.extract_text()


@pytest.mark.parametrize("suffix", ["svg", "png", "pdf"])
def test_the_same_figure_gives_the_same_bytes(tmp_path: Path, suffix: str) -> None:
    one = save(_figure(), tmp_path / f"one.{suffix}").read_bytes()
    assert save(_figure(), tmp_path / f"two.{suffix}").read_bytes() == one


def test_settings_of_the_machine_do_not_reach_a_figure(tmp_path: Path) -> None:
    plain = save(_figure(), tmp_path / "plain.svg").read_bytes()
    with mpl.rc_context({"font.size": 20, "axes.grid": True, "svg.fonttype": "none", "text.parse_math": True}):
        assert save(_figure(), tmp_path / "set.svg").read_bytes() == plain
        assert mpl.rcParams["font.size"] == 20
        control = BytesIO()
        _figure().savefig(control, format="svg")
        assert control.getvalue() != plain


def test_another_suffix_is_refused_by_name_and_writes_nothing(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match=r"path: expected .* ends in .svg, .png or .pdf, got 'dyad.gif'"):
        save(_figure(), tmp_path / "dyad.gif")
    with pytest.raises(FileNotFoundError, match=r"no folder .* to write 'dyad.svg' into"):
        save(_figure(), tmp_path / "nowhere" / "dyad.svg")
    assert list(tmp_path.iterdir()) == []


def test_a_failed_write_leaves_what_stood_there_and_no_half_file(tmp_path: Path) -> None:
    target = tmp_path / "dyad.svg"
    target.mkdir()
    with pytest.raises(OSError, match=r"dyad\.svg"):
        save(_figure(), target)
    assert list(tmp_path.iterdir()) == [target]
