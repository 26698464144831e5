from __future__ import annotations

from inspect import signature

import pytest

from studio import catalog
from studio.catalog import paths
from studio.catalog.failures import Explanation, Failure, explain
from studio.catalog.text import Text


def test_the_face_is_exactly_what_is_promised() -> None:
    assert set(catalog.__all__) == {
        *("systems", "operations", "get", "find", "recognise", "explain", "failures", "faults", "openapi_document"),
        *("loads", "dumps", "pack", "unpack", "JSONProblem", "Number", "Extras"),
        *("System", "Operation", "Field", "Group", "Text", "Catalog", "CatalogFaults", "Fault"),
        *("Built", "Trace", "Problem", "Report", "Result", "Action", "Explanation", "Failure", "PayloadExample"),
        *("port", "Ported", "PortKind", "PortLine", "files", "form_parts", "recipe", "recipes", "Recipe", "Step"),
        *("guide", "Guide", "Spoken", "Turn", "PARTIAL", "Heard"),
        *("as_number", "seconds"),
    }
    assert all(hasattr(catalog, name) for name in catalog.__all__)


@pytest.mark.parametrize(
    ("verb", "parameters"),
    [
        ("defaults", []),
        ("start", []),
        ("missed_when", ["field"]),
        ("wants", ["field"]),
        ("missed", ["field", "values"]),
        ("body", ["values", "extras", "fates"]),
        ("values", ["body"]),
        ("check", ["body", "fates"]),
        ("schema", ["fates"]),
        ("read", ["payload", "kind", "status", "asked", "gateway_ids"]),
        ("field", ["at"]),
        ("applies", ["field", "values"]),
        ("choices", ["field", "values"]),
        ("when", ["field"]),
        ("need", ["name"]),
        ("poll_values", ["gateway_ids"]),
        ("address", ["values", "path"]),
    ],
)
def test_an_operation_has_these_verbs(verb: str, parameters: list[str]) -> None:
    assert list(signature(getattr(catalog.Operation, verb)).parameters)[1:] == parameters


def test_the_systems_hold_the_operations_and_each_is_found_by_its_slug() -> None:
    slugs = [system.slug for system in catalog.systems()]
    assert slugs == sorted(slugs)
    assert {"gateway", "kling", "midjourney", "runway"} <= set(slugs)
    assert all(catalog.get(o.slug) is catalog.find(o.slug) is o for o in catalog.operations())
    assert catalog.find("runway.nothing") is None
    with pytest.raises(KeyError):
        catalog.get("runway.nothing")


def test_only_what_makes_something_is_offered() -> None:
    offered = {o.slug for o in catalog.operations() if o.offered}
    assert {"runway.generate-text", "runway.task-create", "kling.text2video", "kling.image-generate"} <= offered
    assert not offered & {"gateway.models", "runway.feed", "runway.act-one", "kling.query", "kling.lip-sync"}


def test_a_call_is_recognised_by_its_path_and_by_the_keys_that_tell_two_forms_apart() -> None:
    path = "/runway/v1/pro/generate"

    def slug(body: object, method: str = "POST", where: str = path) -> str | None:
        found = catalog.recognise(method, where, body)
        return found.slug if found else None

    assert slug({"prompt": "x"}) == "runway.generate-text"
    assert slug({"prompt": "x", "image": "http://a/b.png"}, "post") == "runway.generate-image"
    assert slug({}, where="/runway/v1/feed/") == "runway.feed"
    assert slug({}, "GET") is None
    assert slug(["no object"]) == "runway.generate-text"
    assert slug(None, "GET", "/v1/models") == "gateway.models"
    assert slug(None, "GET", "/v1/models/gpt-4o%20mini") == "gateway.model"
    assert slug(None, "GET", "/v1/models/a/b") is None


def test_the_query_of_a_task_is_asked_with_its_id(text_form: catalog.Operation) -> None:
    values = text_form.poll_values(["abc", "def"])
    query = catalog.get(text_form.poll)
    assert query.body(values).body == {"task_id": "abc"}
    assert query.is_query
    assert (query.method, query.address(values)) == ("POST", "/runway/v1/feed")


def test_path_and_query_fields_are_no_part_of_the_body() -> None:
    model, usage = catalog.get("gateway.model"), catalog.get("gateway.usage")
    assert model.address({"id": "a/b c"}) == "/v1/models/a%2Fb%20c"
    assert model.address({"id": "x"}, "/other/{id}") == "/other/x"
    assert model.address({}) == "/v1/models/{id}"
    assert [model.address({"id": odd}) for odd in ("..", "\ud800", 7)] == [
        "/v1/models/%2E%2E",
        "/v1/models/%3F",
        "/v1/models/7",
    ]
    assert usage.address({"start_date": ""}) == "/v1/dashboard/billing/usage"
    assert usage.address({"start_date": "2026-01-31"}) == "/v1/dashboard/billing/usage?start_date=2026-01-31"
    assert model.body({"id": "x"}).body == {}
    assert model.check({}) == []


@pytest.mark.parametrize("operation", catalog.operations(), ids=lambda o: o.slug)
def test_every_value_has_words_in_both_languages_and_a_source(operation: catalog.Operation) -> None:
    texts = [operation.title, operation.description, *(g.label for g in operation.groups)]
    for field in operation.fields:
        texts += [field.label, field.help]
        assert field.source
        assert field.group or not operation.groups
    assert all(text.en and text.zh for text in texts)
    assert operation.source


def test_the_facts_around_a_runway_task_are_there(text_form: catalog.Operation) -> None:
    assert text_form.seconds == (291, 1643)
    assert text_form.poll_every == (5, 30)
    assert text_form.patience == 45 * 60
    assert (text_form.price, text_form.callback, text_form.transport) == ("unknown", "callback_url", "json-task")
    assert text_form.result_hours is None
    assert text_form.method == "POST"


@pytest.mark.parametrize(
    ("error", "status", "code", "name", "charged"),
    [
        ("当前分组上游负载已饱和，请稍后再试", 429, "insufficient_user_quota", "spent-balance", "no"),
        ("当前分组上游负载已饱和，请稍后再试", 429, "", "saturated", "no"),
        ("无效的令牌 (request id: 2025)", 401, "", "wrong-key", "no"),
        ("该令牌额度已用尽", 401, "", "key-used-up", "no"),
        ("该令牌已过期", 401, "", "key-used-up", "no"),
        ("user quota is not enough", 403, "", "spent-balance", "no"),
        ("令牌额度不足", 403, "pre_consume_token_quota_failed", "key-limit", "no"),
        ("该令牌无权使用模型：gen3", 403, "", "key-without-model", "no"),
        ("未提供令牌", 401, "", "no-key", "no"),
        ("Invalid URL (POST /runway/v1/pro/generate)", 404, "", "no-such-operation", "no"),
        ("当前分组 default 下对于模型 runway 无可用渠道", 503, "", "no-model", "no"),
        ("", 413, "", "too-large", "no"),
        ("HTTP 429 Too Many Requests", 429, "", "too-fast", "no"),
        ("bad_response_status_code", 500, "", "generation-failed", "maybe"),
        ("HTTP 524 A Timeout Occurred", 524, "", "took-too-long", "maybe"),
        ("HTTP 502 Bad Gateway", 502, "", "gateway-away", "maybe"),
        ("You sent no key", 401, "invalid_request_error", "not-let-in", "no"),
        ("json: cannot unmarshal", 400, "invalid_request", "body-refused", "no"),
        ("prompt rejected", 400, "sensitive_words_detected", "refused-content", "maybe"),
    ],
)
def test_a_failure_text_is_explained(error: str, status: int, code: str, name: str, charged: str) -> None:
    explanation = catalog.explain(error, status, "runway", code)
    assert explanation is not None
    assert (explanation.name, explanation.charged) == (name, charged)
    assert explanation.cause.zh
    assert explanation.fix.zh


def test_what_could_not_be_read_is_explained_too() -> None:
    models = catalog.get("gateway.models")
    for payload, name in (("<html>", "no-json"), ("", "no-answer")):
        explanation = catalog.explain(models.read(payload, "answer").error, 200)
        assert explanation is not None
        assert (explanation.name, explanation.charged) == (name, "maybe")


@pytest.mark.parametrize(
    ("error", "is_meant"),
    [("-1", True), ("no picture · -1", True), ("-10", False), ("1", False), ("from 9 to -1 degrees", False)],
)
def test_a_number_below_zero_is_a_code_only_as_a_whole(error: str, is_meant: bool) -> None:
    known = Failure("trouble", ("-1",), frozenset(), Explanation(Text("a", "b"), Text("c", "d"), "no"))
    assert (explain([known], error, 200, "") is not None) == is_meant


def test_a_common_word_explains_only_where_it_is_all_that_is_said() -> None:
    known = Failure("trouble", ("Failed",), frozenset(), Explanation(Text("a", "b"), Text("c", "d"), "no"), alone=True)
    for error, code in (("failed", ""), (" Failed ", "7"), ("no", "FAILED")):
        assert explain([known], error, None, code) is known.explanation
    for error in ("login failed", "failed: too large", "failed twice"):
        assert explain([known], error, None, "") is None


def test_an_unknown_failure_is_not_explained_away() -> None:
    assert catalog.explain("the moon was in the way") is None
    assert catalog.explain("", 200, "nowhere") is None


def test_an_optional_step_of_the_address_is_left_out_with_its_slash() -> None:
    path = "/{speed}/mj/task/{id}/fetch"
    assert paths.fill(path, {"speed": None, "id": "7"}) == "/mj/task/7/fetch"
    assert paths.fill(path, {"speed": "mj-fast", "id": "a b"}) == "/mj-fast/mj/task/a%20b/fetch"
    assert paths.match(path, "/mj-fast/mj/task/a%20b/fetch") == {"speed": "mj-fast", "id": "a b"}
