"""The OpenAPI document: other tools accept it, and its schemas say what `check` says."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from jsonschema import Draft202012Validator
from openapi_spec_validator import validate

from studio import catalog
from studio.catalog.loader import load
from studio.catalog.openapi import addresses, document
from tests.catalog.bodies import accepted, near_misses
from tests.catalog.test_command import run

DOCUMENT: dict[str, Any] = json.loads(catalog.dumps(catalog.openapi_document()))
GENERATE = DOCUMENT["paths"]["/runway/v1/pro/generate"]["post"]
DEMO = """
system = "demo"
title = { en = "Demo", zh = "演示" }
source = "made up"

[family.f.read]
gateway_id = "id"

[operation.speak]
title = { en = "Speak", zh = "朗读" }
description = { en = "Speaks.", zh = "朗读。" }
status = "inferred"
method = "POST"
path = "/{mode}/speak"
makes = "audio"
family = "f"
transport = "json-binary"
headers = { X-Version = "2024-11-06" }
callback = "hooks.done/now"

[[operation.speak.field]]
at = "mode"
type = "string"
in = "path"
choices = ["fast", "slow"]
label = { en = "Speed", zh = "速度" }
help = { en = "How fast.", zh = "多快。" }

[[operation.speak.field]]
at = "voice"
type = "string"
label = { en = "Voice", zh = "声音" }
help = { en = "Whose voice.", zh = "谁的声音。" }

[[operation.speak.field]]
at = "accent"
type = "string"
required = "yes"
applies = { voice = ["*"] }
label = { en = "Accent", zh = "口音" }
help = { en = "Which accent.", zh = "哪种口音。" }

[[operation.speak.field]]
at = "hooks.done/now"
type = "string"
format = "url"
label = { en = "Callback", zh = "回调" }
help = { en = "Whom to tell.", zh = "通知谁。" }

[operation.hear]
title = { en = "Hear", zh = "听写" }
description = { en = "Hears.", zh = "听写。" }
status = "inferred"
method = "POST"
path = "/speak"
makes = "text"
family = "f"
transport = "multipart-answer"

[[operation.hear.field]]
at = "sound"
type = "file"
takes = ["audio"]
sent = ["part"]
required = "yes"
label = { en = "Sound", zh = "声音" }
help = { en = "What to hear.", zh = "要听写的声音。" }
"""


def fits(schema: dict[str, Any], body: object) -> bool:
    whole = schema | {"components": DOCUMENT["components"]}
    return bool(Draft202012Validator(whole).is_valid(json.loads(catalog.dumps(body))))


@pytest.fixture
def demo(tmp_path: Path) -> dict[str, Any]:
    (tmp_path / "demo.toml").write_text(DEMO, encoding="utf-8")
    loaded, found = load(tmp_path)
    assert not found
    return dict(json.loads(catalog.dumps(document(loaded.systems, loaded.failures))))


@pytest.mark.thorough
def test_another_program_accepts_the_document(demo: dict[str, Any]) -> None:
    validate(DOCUMENT)
    validate(json.loads(catalog.dumps(catalog.openapi_document({"default": "refuse"}))))
    validate(demo)


def test_every_operation_stands_at_its_address_and_has_an_id_of_its_own() -> None:
    items = [(path, method, item) for path, methods in DOCUMENT["paths"].items() for method, item in methods.items()]
    there = {
        (facts["operation"], method.upper(), path) for path, method, item in items for facts in item["x-operations"]
    }
    assert there == {(o.slug, o.method, path) for o in catalog.operations() for path in addresses(o)}
    ids = [item["operationId"] for _, _, item in items]
    assert len(ids) == len(set(ids))
    assert "runway.feed" in ids


@pytest.mark.parametrize("operation", catalog.operations(), ids=lambda o: o.slug)
def test_every_example_fits_its_schema(operation: catalog.Operation) -> None:
    schema = DOCUMENT["components"]["schemas"][operation.slug]
    Draft202012Validator.check_schema(schema)
    if operation.example is not None:
        assert fits(schema, operation.example)


def test_two_forms_of_one_address_are_one_operation_and_no_body_is_both() -> None:
    assert GENERATE["operationId"] == "runway.generate-text-or-runway.generate-image"
    content = GENERATE["requestBody"]["content"]["application/json"]
    assert list(content["examples"]) == ["runway.generate-text", "runway.generate-image"]
    assert set(content["schema"]) == {"oneOf"}
    for example in content["examples"].values():
        assert fits(content["schema"], example["value"])
    schemas = DOCUMENT["components"]["schemas"]
    picture = content["examples"]["runway.generate-image"]["value"]
    assert fits(schemas["runway.generate-image"], picture)
    assert not fits(schemas["runway.generate-text"], picture)


@given(body=st.one_of(accepted(), near_misses()))
def test_a_body_that_check_refuses_is_refused_and_no_other(body: dict[str, Any]) -> None:
    operation = catalog.get("runway.generate-text")
    wrong = [problem for problem in operation.check(body) if problem.level == "error"]
    belongs = "image" not in body
    assert fits(DOCUMENT["components"]["schemas"][operation.slug], body) == (not wrong and belongs)


def test_a_connections_fates_become_if_and_else() -> None:
    operation = catalog.get("runway.generate-text")
    strict = catalog.openapi_document({"default": "refuse"})["components"]["schemas"][operation.slug]
    assert any("if" in rule and "else" in rule for rule in strict["allOf"])
    assert not fits(strict, operation.example)  # gen3 with a style
    assert fits(strict, operation.example | {"model": "gen2", "options": {"motion_vector": {"x": 1}}})


def test_what_is_required_only_sometimes_becomes_if_and_then(demo: dict[str, Any]) -> None:
    schema = demo["components"]["schemas"]["demo.speak"]
    assert any("if" in rule and "then" in rule for rule in schema["allOf"])
    assert fits(schema, {})
    assert not fits(schema, {"voice": "ann"})
    assert fits(schema, {"voice": "ann", "accent": "welsh"})


def test_the_answers_are_the_examples_of_the_catalog() -> None:
    answers = GENERATE["responses"]
    assert list(answers) == ["200", "401", "default"]
    assert list(answers["200"]["content"]["application/json"]["examples"]) == ["accepted", "refused"]
    fed = DOCUMENT["paths"]["/runway/v1/feed"]["post"]["responses"]["200"]["content"]["application/json"]["examples"]
    assert fed["succeeded"]["x-says"]["state"] == "succeeded"
    assert "content" not in DOCUMENT["paths"]["/v1/models"]["get"]["responses"]["429"]


def test_a_callback_goes_to_the_address_in_the_body(demo: dict[str, Any]) -> None:
    told = GENERATE["callbacks"]["callback_url"]["{$request.body#/callback_url}"]["post"]
    assert list(told["requestBody"]["content"]["application/json"]["examples"]) == [
        "told-running",
        "told-succeeded",
        "told-failed",
    ]
    assert list(demo["paths"]["/speak"]["post"]["callbacks"]["hooks.done/now"]) == ["{$request.body#/hooks/done~1now}"]


def test_a_call_without_a_body_has_parameters_only() -> None:
    usage = DOCUMENT["paths"]["/v1/dashboard/billing/usage"]["get"]
    assert "requestBody" not in usage
    assert [(each["name"], each["in"], each["required"]) for each in usage["parameters"]] == [
        ("start_date", "query", False),
        ("end_date", "query", False),
    ]
    model = DOCUMENT["paths"]["/v1/models/{id}"]["get"]["parameters"]
    assert [(each["name"], each["in"], each["required"], each["example"]) for each in model] == [
        ("id", "path", True, "gpt-4o-mini")
    ]


def test_a_step_that_may_be_left_out_makes_a_second_address(demo: dict[str, Any]) -> None:
    assert set(demo["paths"]) == {"/{mode}/speak", "/speak"}
    whole, short = demo["paths"]["/{mode}/speak"]["post"], demo["paths"]["/speak"]["post"]
    assert (whole["operationId"], short["operationId"]) == ("demo.speak", "demo.speak-or-demo.hear-short")
    assert [each["name"] for each in whole["parameters"]] == ["mode", "X-Version"]
    assert [each["name"] for each in short["parameters"]] == ["X-Version"]


def test_each_way_of_sending_has_its_media_type(demo: dict[str, Any]) -> None:
    shared = demo["paths"]["/speak"]["post"]
    assert set(shared["requestBody"]["content"]) == {"application/json", "multipart/form-data"}
    assert set(shared["responses"]["200"]["content"]) == {"application/octet-stream", "application/json"}


def test_both_languages_and_every_source_are_there() -> None:
    ratio = DOCUMENT["components"]["schemas"]["runway.generate-text"]["properties"]["ratio"]
    assert ratio["x-zh"]["title"] == "画幅"
    assert ratio["x-narrower"] == [{"when": {"model": ["!gen2"]}, "choices": ["16:9", "9:16"]}]
    assert ratio["x-source"]
    style = DOCUMENT["components"]["schemas"]["runway.generate-text"]["properties"]["style"]
    assert (style["x-applies"], style["x-otherwise"]) == ({"model": ["gen2"]}, "keep")
    facts = GENERATE["x-operations"][0]
    assert facts["status"] == "documented"
    assert facts["poll"] == {"operation": "runway.feed", "set": {"task_id": "{id}"}, "every": [5, 30]}
    assert facts["source"]
    assert facts["doubt"]["zh"]
    assert DOCUMENT["x-failures"]["gateway"][0]["charged"] == "no"


def test_the_command_prints_the_document_or_writes_it(tmp_path: Path) -> None:
    assert json.loads(run("openapi")) == DOCUMENT
    said = run("openapi", "--out", str(tmp_path / "api.json"))
    assert json.loads((tmp_path / "api.json").read_text(encoding="utf-8")) == DOCUMENT
    assert f"{len(catalog.operations())} operations" in said
    assert json.loads(run("openapi", "--fate", "refuse")) != DOCUMENT
