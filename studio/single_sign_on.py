"""Single sign-on, as the environment says: each is there when its id is set."""

from __future__ import annotations

from django.core.exceptions import ImproperlyConfigured

from studio.environment import env


def single_sign_on() -> dict[str, dict[str, object]]:
    """What allauth wants to know, by the name of its app."""
    found: dict[str, dict[str, object]] = {}
    if own := together("STUDIO_OIDC_ID", "STUDIO_OIDC_URL"):
        app = {"provider_id": "sso", "name": env("STUDIO_OIDC_NAME", "SSO"), "client_id": own[0]}
        found["openid_connect"] = {
            "APPS": [app | {"secret": env("STUDIO_OIDC_SECRET"), "settings": {"server_url": own[1]}}]
        }
    for name in ("google", "github", "gitlab"):
        if own := together(f"STUDIO_{name.upper()}_ID", f"STUDIO_{name.upper()}_SECRET"):
            found[name] = {"APP": {"client_id": own[0], "secret": own[1]}}
    return found


def together(first: str, second: str) -> tuple[str, str] | None:
    """What two variables say of which one alone would let nobody in; None where neither is set."""
    if bool(env(first)) != bool(env(second)):
        there, missing = (first, second) if env(first) else (second, first)
        raise ImproperlyConfigured(f"{there} is set and {missing} is not. Single sign-on needs both, or neither.")
    return (env(first), env(second)) if env(first) else None
