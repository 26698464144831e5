"""What every call meets: the key, the error object, routes, models and balance."""

from __future__ import annotations

import httpx
import pytest

from tests.sandbox.rig import Rig


def test_one_model_is_told_and_an_unknown_one_inside_a_200(rig: Rig) -> None:
    assert rig.ask("/v1/models/gen4").json()["id"] == "gen4"
    unknown = rig.ask("/v1/models/gen9")
    assert (unknown.status_code, unknown.json()["error"]["code"]) == (200, "model_not_found")


@pytest.mark.parametrize(
    ("authorization", "message"),
    [
        ({}, "未提供令牌"),
        ({"Authorization": "Bearer "}, "未提供令牌"),
        ({"Authorization": "Bearer wrong"}, "无效的令牌"),
        ({"Authorization": "Bearer sk-"}, "无效的令牌"),
    ],
)
def test_a_key_must_begin_with_sk(rig: Rig, authorization: dict[str, str], message: str) -> None:
    for answer in (
        rig.client.post("/runway/v1/pro/generate", json={}, headers=authorization),
        rig.client.post("/runway/v1/feed", json={}, headers=authorization),
        rig.client.get("/v1/models", headers=authorization),
    ):
        number = answer.headers["X-Oneapi-Request-Id"]
        assert answer.status_code == 401
        assert answer.json() == {"error": {"message": f"{message} (request id: {number})", "type": "new_api_error"}}


@pytest.mark.parametrize("value", ["Bearer sk-anything", "sk-anything"])
def test_any_such_key_may_list_the_models(rig: Rig, value: str) -> None:
    answer = rig.client.get("/v1/models", headers={"Authorization": value})
    told = answer.json()
    assert (answer.status_code, told["object"]) == (200, "list")
    assert {"gen2", "gen3"} <= {model["id"] for model in told["data"]}
    assert set(told["data"][0]) == {"id", "object", "created", "owned_by", "permission", "root", "parent"}


def test_an_unknown_route_is_a_404_error_object(rig: Rig) -> None:
    for answer in (rig.post("/luma/nothing", {}), rig.client.get("/runway/v1/feed"), rig.client.delete("/")):
        assert answer.status_code == 404
        assert answer.json()["error"]["type"] == "invalid_request_error"
        assert answer.json()["error"]["message"].startswith("Invalid URL (")


def test_the_balance_falls_by_what_was_charged(rig: Rig) -> None:
    rig.generate()
    headers = {"Authorization": f"Bearer {rig.key}"}
    allowance = rig.client.get("/v1/dashboard/billing/subscription", headers=headers).json()
    used = rig.client.get("/v1/dashboard/billing/usage", headers=headers).json()
    assert allowance["object"] == "billing_subscription"
    assert allowance["hard_limit_usd"] == 1000.0
    assert used == {"object": "list", "total_usage": 60.0}


def test_the_front_page_tells_a_person_what_this_is(rig: Rig) -> None:
    answer = rig.client.get("/")
    assert answer.headers["content-type"] == "text/html; charset=utf-8"
    for words in ("Sandbox gateway", "/runway/v1/pro/generate", "/_sandbox/ledger", "lose-callback", "替身"):
        assert words in answer.text
    assert "<script" not in answer.text


def test_head_has_the_headers_and_no_body(rig: Rig) -> None:
    answer: httpx.Response = rig.client.head("/")
    assert int(answer.headers["content-length"]) > 1000
    assert answer.content == b""
