"""JSON Schemas of the YAML files in `params/`: an editor completes their keys, explains and checks them."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from pydantic import BaseModel
from pydantic.json_schema import GenerateJsonSchema

from reporting.params.monthly import Monthly
from reporting.params.playbook import ShippedRules
from reporting.params.product import Product
from reporting.present.brand.schema import brand_schema
from reporting.sources.mapping import SourceFile

FOLDER = "schemas"
"""Of `params/`; the first line of each YAML file names its schema there."""
MODELS: dict[str, type[BaseModel]] = {
    "monthly": Monthly,
    "product": Product,
    "source": SourceFile,
    "playbook": ShippedRules,
}


class _NoTitles(GenerateJsonSchema):
    """A key's title would repeat the key."""

    def field_title_should_be_set(self, schema: Any) -> bool:
        return False


def schemas() -> dict[str, dict[str, Any]]:
    """Name -> schema."""
    made = {name: model.model_json_schema(schema_generator=_NoTitles) for name, model in MODELS.items()}
    head = {"$schema": GenerateJsonSchema.schema_dialect}
    return {name: head | schema for name, schema in (made | {"brand": brand_schema()}).items()}


def write_schemas(params_dir: Path) -> list[Path]:
    """Write every schema into `params/schemas/`."""
    folder = params_dir / FOLDER
    folder.mkdir(exist_ok=True)
    written = []
    for name, schema in schemas().items():
        path = folder / f"{name}.schema.json"
        path.write_text(json.dumps(schema, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
        written.append(path)
    return written
