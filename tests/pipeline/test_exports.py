"""The files a notebook exports land in the month's data folder."""

from __future__ import annotations

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_notebook, new_output

from reporting.errors import RenderError
from reporting.pipeline.exports import write_exports
from reporting.present import mime


@pytest.fixture
def executed(tmp_path):
    def executed(name: str, files: dict[str, str]):
        data = {mime.EXPORTS: {"files": [{"name": key, "csv": text} for key, text in files.items()]}}
        cell = new_code_cell("x", outputs=[new_output("display_data", data)])
        path = tmp_path / f"{name}.ipynb"
        nbformat.write(new_notebook(cells=[new_code_cell("1"), cell]), path)
        return path

    return executed


def test_each_file_is_written_as_it_was_exported(executed, tmp_path):
    paths = [executed("a", {"bridge": "m,x\n1,2\n"}), executed("b", {"actions": "a\nü\n"})]
    written = write_exports(paths, tmp_path / "data")
    assert [path.name for path in written] == ["bridge.csv", "actions.csv"]
    assert (tmp_path / "data" / "bridge.csv").read_bytes() == b"m,x\n1,2\n"
    assert (tmp_path / "data" / "actions.csv").read_text(encoding="utf-8") == "a\nü\n"


def test_two_reports_may_export_the_same_file_but_not_two_of_one_name(executed, tmp_path):
    same = [executed("a", {"bridge": "1\n"}), executed("b", {"bridge": "1\n"})]
    assert len(write_exports(same, tmp_path / "data")) == 1
    with pytest.raises(RenderError, match="a and c both export bridge"):
        write_exports([same[0], executed("c", {"bridge": "2\n"})], tmp_path / "data")
