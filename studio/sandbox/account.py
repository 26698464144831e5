"""What every key may ask: the models it reaches and what it has spent. One point is one cent here."""

from __future__ import annotations

from studio.sandbox.routes import Route
from studio.sandbox.wire import Answer, Request, as_json
from studio.sandbox.world import Post, World

MODELS = (
    *("gen2", "gen3", "gen4", "gpt-4o-mini", "gpt-4o", "o3-mini", "gpt-3.5-turbo-instruct"),
    *("text-embedding-3-small", "text-embedding-3-large", "whisper-1", "gpt-4o-transcribe", "tts-1", "gpt-4o-mini-tts"),
)
ALLOWANCE_USD = 1000.0
LISTED_AT = 1626777600


def models(world: World, request: Request, post: Post) -> Answer:
    return as_json({"object": "list", "data": [_model(name) for name in MODELS]})


def model(world: World, request: Request, post: Post) -> Answer:
    """One model; what is not known is told inside HTTP 200."""
    name = request.steps["id"]
    if name in MODELS:
        return as_json(_model(name))
    unknown = f"The model '{name}' does not exist"
    error = {"message": unknown, "type": "invalid_request_error", "param": "model", "code": "model_not_found"}
    return as_json({"error": error})


def subscription(world: World, request: Request, post: Post) -> Answer:
    """The allowance, spent and unspent together."""
    limits = dict.fromkeys(("soft_limit_usd", "hard_limit_usd", "system_hard_limit_usd"), ALLOWANCE_USD)
    return as_json({"object": "billing_subscription", "has_payment_method": True, **limits, "access_until": 0})


def usage(world: World, request: Request, post: Post) -> Answer:
    """What was spent, in cents."""
    return as_json({"object": "list", "total_usage": float(world.charged - world.refunded)})


def _model(name: str) -> dict[str, object]:
    about: dict[str, object] = {"id": name, "object": "model", "created": LISTED_AT, "owned_by": "custom"}
    return about | {"permission": None, "root": name, "parent": None}


ROUTES = (
    Route("GET", "/v1/models", models, "The models of this key", "此密钥可用的模型"),
    Route("GET", "/v1/models/{id}", model, "One model of this key", "此密钥可用的一个模型"),
    Route("GET", "/v1/dashboard/billing/subscription", subscription, "The allowance of this key", "此密钥的总额度"),
    Route("GET", "/v1/dashboard/billing/usage", usage, "What this key has spent", "此密钥的已用额度"),
)
