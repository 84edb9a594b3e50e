# SPDX-License-Identifier: GPL-3.0-or-later
"""Golden tensors can be made again from what the manifest says, and are compared strictly."""

from __future__ import annotations

import json

import numpy as np
import pytest

from latent_package import archive, golden
from latent_package.types import PackageError


def test_an_input_is_made_again_from_its_words() -> None:
    stated = golden.stated_input("picture", [1, 3, 8, 8], golden.Pattern(-1.0, 2.0))
    again = json.loads(archive.as_json(stated))
    made = golden.tensor_of(again)
    np.testing.assert_array_equal(made, golden.weyl([1, 3, 8, 8], -1.0, 2.0))
    assert made.min() >= -1.0
    assert made.max() < 2.0


def test_constants_stand_in_the_manifest_as_they_are() -> None:
    pattern = golden.Pattern(constants={"labels": [1, 0]})
    stated = golden.stated_input("labels", [1, 2], pattern, floats=False)
    np.testing.assert_array_equal(golden.tensor_of(stated, "i64"), np.array([[1, 0]]))
    with pytest.raises(PackageError, match="3 values, 2 are given"):
        golden.stated_input("labels", [1, 3], pattern)
    with pytest.raises(PackageError, match="needs constants"):
        golden.stated_input("points", [1, 3], pattern, floats=False)


def test_an_answer_that_is_not_finite_is_no_golden_one() -> None:
    answer = np.full((1, 4), np.nan, np.float32)
    with pytest.raises(PackageError, match="not finite"):
        golden.outputs_of({"out": answer})


def test_the_largest_difference_is_found() -> None:
    answer = golden.weyl([1, 3, 40, 40], 0.0, 1.0)
    kept = golden.outputs_of({"out": answer})
    assert golden.farthest({"out": answer}, kept, "model") < 1e-7  # the shortest decimal
    assert golden.farthest({"out": answer + np.float32(0.25)}, kept, "model") == pytest.approx(0.25)
    for wrong, said in (({}, "no output out"), ({"out": answer[:, :2]}, "is \\[1, 2, 40, 40\\]")):
        with pytest.raises(PackageError, match=said):
            golden.farthest(wrong, kept, "model")


def test_types_and_patterns_that_are_unknown_are_refused() -> None:
    with pytest.raises(PackageError, match="type f64"):
        golden.tensor_of({"dims": [1], "values": [1]}, "f64")
    with pytest.raises(PackageError, match="'noise' is not known"):
        golden.tensor_of({"dims": [1], "pattern": "noise"})
