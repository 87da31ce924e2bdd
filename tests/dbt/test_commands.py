"""`reporting init --dbt` and `reporting exposures`, from one to the other."""

from __future__ import annotations

import yaml
from tests.dbt.conftest import node

from reporting.cli.main import run


def test_a_source_of_dbt_s_models_and_its_exposures(tmp_path, monkeypatch, manifest, capfd):
    monkeypatch.setattr("reporting.starter.project.keep_package", lambda root: "wheels/the.whl")
    names = ("accounts", "fct_subscriptions", "events")
    dbt = str(manifest(*(node("model", name) for name in names)))
    monkeypatch.chdir(tmp_path)
    assert run(["--project", "new", "init", "acme", "--dbt", dbt]) == 0
    assert "From dbt: accounts, subscriptions, events;" in capfd.readouterr().out
    command = ["--project", "new", "exposures", dbt, "--source", "acme", "--owner", "Ana"]
    assert run([*command, "--out", "models/exposures.yml"]) == 0
    assert capfd.readouterr().out == "Written: models/exposures.yml\n"
    told = yaml.safe_load((tmp_path / "models" / "exposures.yml").read_text())["exposures"]
    brief = next(exposure for exposure in told if exposure["name"] == "acme_executive_brief")
    assert brief["depends_on"] == ["ref('accounts')", "ref('events')", "ref('fct_subscriptions')"]
    assert brief["description"].startswith("Whether the business thrives")
    accounts = tmp_path / "new" / "params" / "sources" / "acme" / "accounts.sql"
    accounts.write_text("SELECT * FROM elsewhere")
    assert run(command) == 0
    printed, note = capfd.readouterr()
    assert "note: elsewhere is not of the dbt project shop" in note
    assert "ref('accounts')" not in printed
