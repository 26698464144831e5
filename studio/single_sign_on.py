"""Single sign-on, as the environment says: each is there when its id is set."""

from __future__ import annotations

from studio.environment import env


def single_sign_on() -> dict[str, dict[str, object]]:
    """What allauth wants to know, by the name of its app."""
    found: dict[str, dict[str, object]] = {}
    if env("STUDIO_OIDC_ID"):
        found["openid_connect"] = {
            "APPS": [
                {
                    "provider_id": "sso",
                    "name": env("STUDIO_OIDC_NAME", "SSO"),
                    "client_id": env("STUDIO_OIDC_ID"),
                    "secret": env("STUDIO_OIDC_SECRET"),
                    "settings": {"server_url": env("STUDIO_OIDC_URL")},
                }
            ]
        }
    for name in ("google", "github", "gitlab"):
        if env(f"STUDIO_{name.upper()}_ID"):
            found[name] = {
                "APP": {"client_id": env(f"STUDIO_{name.upper()}_ID"), "secret": env(f"STUDIO_{name.upper()}_SECRET")}
            }
    return found
