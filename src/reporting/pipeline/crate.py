"""`ro-crate-metadata.json`: the month as an RO-Crate of the Workflow Run profile, which archives can read.

What is stated here stands in the manifest as well; the manifest is what an audit goes by.
"""

from __future__ import annotations

import json
import mimetypes
from pathlib import Path
from typing import Any
from urllib.parse import quote

from reporting.pipeline.manifest import CRATE, NAME, SUMS, Manifest

_CRATE = "https://w3id.org/ro/crate/1.1"
_PROFILES = {
    "https://w3id.org/ro/wfrun/process/0.5": "Process Run Crate",
    "https://w3id.org/ro/wfrun/workflow/0.5": "Workflow Run Crate",
    "https://w3id.org/workflowhub/workflow-ro-crate/1.0": "Workflow RO-Crate",
}
_OURS, _RUN, _LANGUAGE = "#reporting", "#run", "https://jupyter.org"


def write_crate(manifest: Manifest, folder: Path) -> None:
    """Describe the files in `folder`, which `manifest` lists, beside them."""
    text = json.dumps({"@context": f"{_CRATE}/context", "@graph": _graph(manifest)}, indent=2)
    (folder / CRATE).write_text(text + "\n", encoding="utf-8")


def _graph(manifest: Manifest) -> list[dict[str, Any]]:
    paths = [*manifest.outputs, NAME, SUMS]
    notebooks = [
        path for path in manifest.outputs if path.startswith("notebooks/") and path.endswith(".ipynb")
    ]
    frozen = [path for path in manifest.outputs if path.startswith("snapshot/")]
    made = [path for path in paths if path not in frozen]
    main = next((path for path in notebooks if path.endswith("executive_brief.ipynb")), notebooks[0])
    values = [
        _parameter(f"{name}.{key}", value)
        for name, given in sorted(manifest.inputs.parameters.items())
        for key, value in sorted(given.items())
    ]
    root = {
        "@id": "./",
        "@type": "Dataset",
        "name": f"{manifest.title}, {manifest.inputs.month}",
        "description": "A month of customer-success reports: pages, data, executed notebooks, and the frozen "
        "snapshot that they rest on.",
        "datePublished": manifest.volatile.get("finished"),
        "license": "Confidential; for those who were given it.",
        "conformsTo": [_to(profile) for profile in _PROFILES],
        "hasPart": [_to(path) for path in paths],
        "mainEntity": _to(main),
        "mentions": [_to(_RUN)],
    }
    run = {
        "@id": _RUN,
        "@type": "CreateAction",
        "name": f"Run {manifest.run_id} of the notebooks over the snapshot of {manifest.inputs.month}",
        "description": "The snapshot was frozen, each notebook run over it, and the pages set.",
        "instrument": _to(main),
        "agent": _to(_OURS),
        "startTime": manifest.volatile.get("started"),
        "endTime": manifest.volatile.get("finished"),
        "object": [_to(path) for path in frozen] + [{"@id": value["@id"]} for value in values],
        "result": [_to(path) for path in made],
        "actionStatus": _to("http://schema.org/CompletedActionStatus"),
    }
    ours = {
        "@id": _OURS,
        "@type": "SoftwareApplication",
        "name": "reporting",
        "softwareVersion": manifest.provenance.get("reporting"),
        "description": "Reproducible monthly customer-success reports",
    }
    about = {"@id": CRATE, "@type": "CreativeWork", "about": _to("./"), "conformsTo": _to(_CRATE)}
    language = {
        "@id": _LANGUAGE,
        "@type": "ComputerLanguage",
        "name": "Jupyter notebook",
        "url": _to("https://jupyter.org"),
    }
    profiles = [{"@id": id, "@type": "CreativeWork", "name": name} for id, name in _PROFILES.items()]
    files = [_file(path, path in notebooks, main, notebooks) for path in paths]
    return [about, root, run, ours, language, *profiles, *values, *files]


def _file(path: str, code: bool, main: str, notebooks: list[str]) -> dict[str, Any]:
    form = mimetypes.guess_type(path)[0] or "application/octet-stream"
    file: dict[str, Any] = _to(path) | {"@type": "File", "name": path, "encodingFormat": form}
    if code:
        file |= {"@type": ["File", "SoftwareSourceCode"], "programmingLanguage": _to(_LANGUAGE)}
        file["encodingFormat"] = "application/x-ipynb+json"
    if path == main:
        file["@type"] = ["File", "SoftwareSourceCode", "ComputationalWorkflow"]
        file["hasPart"] = [_to(other) for other in notebooks if other != main]
    return file


def _parameter(name: str, value: Any) -> dict[str, Any]:
    return _to(f"#{name}") | {"@type": "PropertyValue", "name": name, "value": json.dumps(value)}


def _to(id: str) -> dict[str, str]:
    return {"@id": quote(id, safe="/:#.")}
