"""Cohorts in Parquet, small enough for a test and of more blocks than one."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pyarrow as pa
from pyarrow import parquet

from dialogram import CohortColumns

COLUMNS = CohortColumns(dyad="dyad", role="who", judge="t", truth="c", time="s", value="dial")


def rows(names: Sequence[str], *, bins: int = 40, seed: int = 1) -> pa.Table:
    """Dyads whose judge follows the truth, and an observer who belongs to nobody's model."""
    rng = np.random.default_rng(seed)
    truths = rng.normal(size=(len(names), bins))
    values = np.stack([truths, truths + 2 * rng.normal(size=truths.shape), rng.normal(size=truths.shape)], axis=1)
    values[rng.uniform(size=values.shape) < 0.02] = np.nan
    count = len(names)
    return pa.table(
        {
            "dyad": np.repeat(names, 3 * bins),
            "who": pa.array(np.tile(np.repeat(["c", "t", "observer"], bins), count)).dictionary_encode(),
            "s": np.tile(np.arange(bins, dtype=np.float64), 3 * count),
            "dial": pa.array(values.ravel(), from_pandas=True),
            "alliance": np.repeat(np.arange(count) % 7, 3 * bins),
            "by": np.repeat([f"T{index % 10}" for index in range(count)], 3 * bins),
        }
    )


def write(path: Path, table: pa.Table, *, in_group: int = 5_000) -> Path:
    parquet.write_table(table, path, row_group_size=in_group)
    return path
