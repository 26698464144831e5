"""What the environment may say, and the sentence for what it may not."""

from __future__ import annotations

import json
import os
import stat
import subprocess
import sys
from pathlib import Path

import pytest
from cryptography.fernet import Fernet
from django.core.exceptions import ImproperlyConfigured
from pytest_django import Settings

from studio import checks, environment, single_sign_on
from studio.management.commands.setup import follow_sandbox
from studio.teams.models import Connection
from studio.teams.scope import scope
from studio.teams.start import ensure_first_team
from tests.factories import make_connection

ROOT = Path(__file__).parent.parent
KEY = Fernet.generate_key().decode()


@pytest.mark.parametrize(
    "text", ["studio.example.com", "ftp://a.b", "http://a:b:c", "http://a:port", "https://a.b/path", "https://x:y@a.b"]
)
def test_an_address_has_a_scheme_a_host_and_nothing_more(text: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("STUDIO_PUBLIC_URL", text)
    with pytest.raises(ImproperlyConfigured, match="STUDIO_PUBLIC_URL is no address"):
        environment.env_address("STUDIO_PUBLIC_URL", "http://127.0.0.1:8000")


@pytest.mark.parametrize("text", ["https://studio.example.com/", " http://[::1]:8000 "])
def test_a_slash_and_spaces_around_an_address_do_no_harm(text: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("STUDIO_PUBLIC_URL", text)
    assert environment.env_address("STUDIO_PUBLIC_URL", "") == text.strip().rstrip("/")


@pytest.mark.parametrize("text", ["foo", "mysql://root@127.0.0.1/x", "sqlite://:memory:", "postgres://a@b:port/c"])
def test_a_database_that_cannot_be_is_named(text: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DATABASE_URL", text)
    with pytest.raises(ImproperlyConfigured, match="DATABASE_URL"):
        environment.env_database(tmp_path)


def test_without_an_address_the_database_is_a_file_of_the_data_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DATABASE_URL", "")
    assert environment.env_database(tmp_path)["NAME"] == str(tmp_path / "studio.sqlite3")


@pytest.mark.parametrize("text", ["0", "65536", "abc", "-1", "²"])
def test_a_port_is_a_number_of_its_range(text: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("STUDIO_SMTP_PORT", text)
    with pytest.raises(ImproperlyConfigured, match="STUDIO_SMTP_PORT"):
        environment.env_port("STUDIO_SMTP_PORT", 587)


@pytest.mark.parametrize("text", ["127.0.0.1:6379", "redis://127.0.0.1:port/0", "redis://127.0.0.1:99999/0"])
def test_a_redis_address_has_its_scheme_and_a_port(text: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("REDIS_URL", text)
    with pytest.raises(ImproperlyConfigured, match="REDIS_URL"):
        environment.env_redis()


def test_a_secret_is_made_once_and_only_its_owner_may_read_it(tmp_path: Path) -> None:
    made = environment.env_secret("STUDIO_OTHER", tmp_path / "data", "")
    assert len(made) > 40
    assert environment.env_secret("STUDIO_OTHER", tmp_path / "data", "") == made
    kept = tmp_path / "data" / "secrets.json"
    assert stat.S_IMODE(kept.stat().st_mode) == 0o600
    assert [path.name for path in kept.parent.iterdir()] == ["secrets.json"]


def test_production_makes_no_secrets() -> None:
    with pytest.raises(ImproperlyConfigured, match="STUDIO_OTHER is not set"):
        environment.env_secret("STUDIO_OTHER", None, "a text")


@pytest.mark.parametrize("damage", ["", "{not json", "[]", '{"STUDIO_OTHER": 1}'])
def test_damaged_secrets_are_never_made_anew(damage: str, tmp_path: Path) -> None:
    path = tmp_path / "secrets.json"
    path.write_text(damage)
    with pytest.raises(ImproperlyConfigured, match="is damaged"):
        environment.env_secret("STUDIO_OTHER", tmp_path, "")
    assert path.read_text() == damage


@pytest.mark.parametrize("text", ["abc", f"{KEY},abc", ","], ids=["no key", "a key and no key", "nothing"])
def test_an_encryption_key_is_checked_before_something_is_encrypted(text: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("STUDIO_ENCRYPTION_KEYS", text)
    with pytest.raises(ImproperlyConfigured, match="no Fernet key"):
        environment.env_fernet_keys("STUDIO_ENCRYPTION_KEYS", None)


def test_encryption_keys_stay_in_order(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    newer = Fernet.generate_key().decode()
    monkeypatch.setenv("STUDIO_ENCRYPTION_KEYS", f"{newer}, {KEY}")
    assert environment.env_fernet_keys("STUDIO_ENCRYPTION_KEYS", None) == [newer, KEY]
    monkeypatch.delenv("STUDIO_ENCRYPTION_KEYS")
    (tmp_path / "secrets.json").write_text(json.dumps({"STUDIO_ENCRYPTION_KEYS": KEY}))
    assert environment.env_fernet_keys("STUDIO_ENCRYPTION_KEYS", tmp_path) == [KEY]


@pytest.mark.parametrize("text", ["short", "sixteen letters and spaces", "pässwörter-sind-keine-gute-idee"])
def test_a_token_for_machines_is_long_and_plain(text: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("STUDIO_METRICS_TOKEN", text)
    with pytest.raises(ImproperlyConfigured, match="STUDIO_METRICS_TOKEN is too weak") as fault:
        environment.env_token("STUDIO_METRICS_TOKEN")
    assert text not in str(fault.value)
    monkeypatch.delenv("STUDIO_METRICS_TOKEN")
    assert environment.env_token("STUDIO_METRICS_TOKEN") == ""


def test_production_has_no_sandbox_but_one_that_was_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("STUDIO_SANDBOX_URL", raising=False)
    assert environment.env_sandbox("http://127.0.0.1:8001") == "http://127.0.0.1:8001"
    assert environment.env_sandbox("") == ""
    monkeypatch.setenv("STUDIO_SANDBOX_URL", "http://10.0.0.9:8001")
    assert environment.env_sandbox("") == "http://10.0.0.9:8001"
    monkeypatch.setenv("STUDIO_SANDBOX_URL", "10.0.0.9:8001")
    with pytest.raises(ImproperlyConfigured, match="STUDIO_SANDBOX_URL is no address"):
        environment.env_sandbox("")


def test_who_deploys_without_saying_production_is_told_of_the_open_sandbox(settings: Settings) -> None:
    settings.PRODUCTION = False
    (told,) = checks.is_for_production()
    assert settings.SANDBOX_URL in told.msg
    assert "STUDIO_PRODUCTION=1" in str(told.hint)
    settings.PRODUCTION = True
    assert checks.is_for_production() == []


@pytest.mark.django_db
def test_without_a_sandbox_no_team_is_connected_to_one_and_old_connections_are_told_of(settings: Settings) -> None:
    settings.SANDBOX_URL = ""
    _owner, team, is_new = ensure_first_team()
    with scope(team):
        assert is_new
        assert not Connection.objects.exists()
        assert follow_sandbox() == ""
        kept = make_connection(team, name="Old rehearsal", is_sandbox=True)
        assert "STUDIO_SANDBOX_URL" in follow_sandbox()
        assert "Old rehearsal of My team" in follow_sandbox()
        settings.SANDBOX_URL = "http://127.0.0.1:9001"
        assert follow_sandbox() == ""
        kept.refresh_from_db()
        assert kept.base_url == "http://127.0.0.1:9001"


@pytest.mark.parametrize(
    ("host", "port", "user", "encryption"),
    [
        ("mail.example.com", 465, "studio", (True, False)),
        ("mail.example.com", 587, "studio", (False, True)),
        ("mail.example.com", 2525, "studio", (False, True)),
        ("mail.example.com", 25, "studio", (False, True)),
        ("mail.example.com", 25, "", (False, False)),
        ("mail.example.com", 2525, "", (False, True)),
        ("127.0.0.1", 1025, "", (False, False)),
        ("localhost", 587, "studio", (False, False)),
    ],
)
def test_mail_is_encrypted_on_its_way_to_another_machine(
    host: str, port: int, user: str, encryption: tuple[bool, bool]
) -> None:
    assert environment.mail_encryption(host, port, user) == encryption


def test_more_host_names_do_not_take_the_place_of_the_studio_s_own(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("STUDIO_HOSTS", "films.example.com, .intern, [2001:db8::2]")
    own = ["127.0.0.1", "localhost", "[::1]"]
    more = ["films.example.com", ".intern", "[2001:db8::2]"]
    assert environment.env_hosts("STUDIO_HOSTS", "https://studio.example.com") == ["studio.example.com", *own, *more]
    monkeypatch.delenv("STUDIO_HOSTS")
    assert environment.env_hosts("STUDIO_HOSTS", "http://[2001:db8::1]:8000") == ["[2001:db8::1]", *own]


@pytest.mark.parametrize("text", ["https://a.b", "a.b/path", "a.b:8000", "a.b, 2001:db8::1", "a b"])
def test_a_host_name_has_no_scheme_port_or_path(text: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("STUDIO_HOSTS", text)
    with pytest.raises(ImproperlyConfigured, match="STUDIO_HOSTS holds"):
        environment.env_hosts("STUDIO_HOSTS", "https://studio.example.com")


@pytest.mark.parametrize(("text", "means"), [("1", True), (" Yes ", True), ("on", True), ("", False), ("off", False)])
def test_yes_and_no_are_words_or_figures(text: str, means: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("STUDIO_PRODUCTION", text)
    assert environment.env_bool("STUDIO_PRODUCTION") is means


def test_a_word_that_is_neither_yes_nor_no_is_not_taken_for_one(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("STUDIO_PRODUCTION", "enabled")
    with pytest.raises(ImproperlyConfigured, match="STUDIO_PRODUCTION is enabled, which is neither yes nor no"):
        environment.env_bool("STUDIO_PRODUCTION")


@pytest.mark.parametrize("text", ["http://10.0.0.7:3000", "10.0.0.7:3000/v1", "10.0.0.7:port", ":3000", "*"])
def test_a_private_origin_is_a_host_and_a_port(text: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("STUDIO_PRIVATE_ORIGINS", f"10.0.0.6:80, {text}")
    with pytest.raises(ImproperlyConfigured, match="STUDIO_PRIVATE_ORIGINS holds"):
        environment.env_origins("STUDIO_PRIVATE_ORIGINS")
    monkeypatch.setenv("STUDIO_PRIVATE_ORIGINS", "10.0.0.6, gateway.intern:3000, [fd00::7]:3000")
    origins = ["10.0.0.6", "gateway.intern:3000", "[fd00::7]:3000"]
    assert environment.env_origins("STUDIO_PRIVATE_ORIGINS") == origins


@pytest.mark.parametrize(
    ("there", "missing"),
    [
        ("STUDIO_OIDC_ID", "STUDIO_OIDC_URL"),
        ("STUDIO_OIDC_URL", "STUDIO_OIDC_ID"),
        ("STUDIO_GOOGLE_ID", "STUDIO_GOOGLE_SECRET"),
        ("STUDIO_GITLAB_SECRET", "STUDIO_GITLAB_ID"),
    ],
)
def test_half_of_single_sign_on_is_named(there: str, missing: str, monkeypatch: pytest.MonkeyPatch) -> None:
    assert single_sign_on.single_sign_on() == {}
    monkeypatch.setenv(there, "something")
    with pytest.raises(ImproperlyConfigured, match=f"{there} is set and {missing} is not"):
        single_sign_on.single_sign_on()


def test_single_sign_on_is_told_what_the_environment_says(monkeypatch: pytest.MonkeyPatch) -> None:
    said = {"OIDC_ID": "o", "OIDC_URL": "https://sso.example.com/realm", "GITHUB_ID": "h", "GITHUB_SECRET": "s"}
    for name, text in said.items():
        monkeypatch.setenv(f"STUDIO_{name}", text)
    own = {"provider_id": "sso", "name": "SSO", "client_id": "o", "secret": ""}
    assert single_sign_on.single_sign_on() == {
        "openid_connect": {"APPS": [{**own, "settings": {"server_url": "https://sso.example.com/realm"}}]},
        "github": {"APP": {"client_id": "h", "secret": "s"}},
    }


@pytest.mark.parametrize(("said", "subdomains"), [("", False), ("1", True)])
def test_names_below_the_studio_s_are_forced_to_https_only_where_asked_for(
    said: str, subdomains: bool, tmp_path: Path
) -> None:
    asked = "from studio import settings as s; print(s.SECURE_HSTS_SECONDS > 0, s.SECURE_HSTS_INCLUDE_SUBDOMAINS)"
    more = {"STUDIO_DATA": str(tmp_path), "STUDIO_PUBLIC_URL": "https://example.com", "STUDIO_HSTS_SUBDOMAINS": said}
    told = subprocess.check_output([sys.executable, "-c", asked], cwd=ROOT, env={**os.environ, **more}, text=True)
    assert told.split() == ["True", str(subdomains)]
