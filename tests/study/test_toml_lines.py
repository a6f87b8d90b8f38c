import tomllib
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import given, strategies as st

from dialogram.study.toml_lines import Path, line_index

TRICKY = r'''# [not.a.table]
plain = 1 # = "x"
"quoted # \"key\"" = 'literal ] # not a comment'
a.b . "c" = 1979-05-27 07:32:00
text = """
[not.a.table]
key = "no" \
""" # after
quotes = """ends with two"""""
literal = """QQQ"""
long = QQQ
also = not a key \ QQQ
list = [ # comment ]
  "a", [1, 2],
  { x = 1, y.z = [ "}" ] },
  1979-05-27 07:32:00,
]
[ t . 'u.v' ]
k = true
[[rows]]
[rows.sub]
deep = 1
[[rows]]
[[rows.inner]]
n = 1
[[rows.inner]]
n = 2
[rows.sub]
deep = 2
'''.replace("QQQ", "'''")


def paths(data: Any, path: Path = ()) -> Iterator[Path]:
    if path:
        yield path
    entries = data.items() if isinstance(data, dict) else enumerate(data) if isinstance(data, list) else ()
    for key, value in entries:
        yield from paths(value, (*path, key))


def test_every_path_tomllib_knows_has_its_line() -> None:
    index = line_index(TRICKY)
    assert set(index) == set(paths(tomllib.loads(TRICKY)))
    lines = TRICKY.splitlines()
    assert lines[index[("plain",)] - 1].startswith("plain")
    assert lines[index[("a", "b", "c")] - 1].startswith("a.b")
    assert lines[index[("long",)] - 1].startswith("long")
    assert lines[index[("list", 2, "y", "z", 0)] - 1].startswith("  { x")
    assert lines[index[("t", "u.v", "k")] - 1] == "k = true"
    assert [lines[index[("rows", row, "sub", "deep")] - 1] for row in (0, 1)] == ["deep = 1", "deep = 2"]
    assert [lines[index[("rows", 1, "inner", n, "n")] - 1] for n in (0, 1)] == ["n = 1", "n = 2"]


def test_a_control_that_counts_naively_would_be_wrong() -> None:
    naive = next(number for number, line in enumerate(TRICKY.splitlines(), 1) if line.startswith("key ="))
    assert ("key",) not in line_index(TRICKY)
    assert naive == 7


def test_a_document_tomllib_refuses_is_refused() -> None:
    with pytest.raises(ValueError, match="tomllib accepts"):
        line_index("= 1")


KEY = st.from_regex(r"[A-Za-z0-9_-]{1,6}", fullmatch=True)
STRING = st.text("ab #=[]{},.\n\t", max_size=12)


def toml_string(value: str, style: int) -> str:
    escaped = value.replace("\t", "\\t")
    if style == 0 or (style == 1 and "\n" in value):
        return '"' + escaped.replace("\n", "\\n") + '"'
    if style == 1:
        return f"'{value}'"
    return f'"""\n{value}"""' if style == 2 else f"'''\n{value}'''"


@given(
    st.lists(
        st.tuples(
            KEY,
            st.lists(st.tuples(KEY, STRING, st.integers(0, 3)), max_size=4, unique_by=lambda pair: pair[0]),
            st.booleans(),
        ),
        max_size=5,
        unique_by=lambda table: table[0],
    ),
    st.sampled_from(["\n", "\r\n"]),
)
def test_index_finds_what_a_writer_wrote(
    tables: list[tuple[str, list[tuple[str, str, int]], bool]], newline: str
) -> None:
    written: dict[Path, int] = {}
    text = ""
    for name, pairs, is_item in tables:
        path: Path = (name, 0) if is_item else (name,)
        written[path] = written[(name,)] = text.count("\n") + 1
        text += f"[[{name}]] # x = 1\n" if is_item else f"[{name}]\n"
        for key, value, style in pairs:
            written[(*path, key)] = text.count("\n") + 1
            text += f"{key} = {toml_string(value, style)}\n"
    text = text.replace("\n", newline)
    assert set(paths(tomllib.loads(text))) == set(written)
    assert line_index(text) == written
