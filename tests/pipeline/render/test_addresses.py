"""Ids and owners as file names: safe everywhere, each its own, and the same whoever else is there."""

import re
from pathlib import PurePosixPath, PureWindowsPath

from hypothesis import given
from hypothesis import strategies as st

from reporting.pipeline.render.addresses import addresses


def test_a_plain_id_is_its_own_file_name():
    assert addresses(["A0001", "acme_eu-2"]) == {"A0001": "A0001", "acme_eu-2": "acme_eu-2"}


def test_names_that_differ_in_case_only_have_files_that_don_t():
    made = addresses(["Acme", "ACME"])
    assert len({name.lower() for name in made.values()}) == 2


@given(st.lists(st.text(), max_size=6))
def test_any_names_have_distinct_files_in_the_folder_itself(names):
    made = addresses(names)
    assert set(made) == set(names)
    assert len({file.lower() for file in made.values()}) == len(set(names))
    for file in made.values():
        assert re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9_-]{0,70}", file)
        assert PurePosixPath(file).name == file and not PureWindowsPath(file).is_reserved()
        assert file.lower() not in {"index", "data"}
