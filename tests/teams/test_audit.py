"""The audit page: every act leaves one line, none holds a secret, and nobody changes one."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable
from typing import Any

import pytest
from django.core.management import call_command
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from studio.api.models import Token
from studio.ledger.models import Budget
from studio.library import saving
from studio.library.kept import Kept
from studio.library.models import ShareLink
from studio.tasks import epoch
from studio.tasks.models import Task
from studio.tasks.states import Approval, State
from studio.teams.acts import Act, AppendOnly, What, note
from studio.teams.models import Connection, Invitation, Membership, Role, Team, User
from studio.teams.scope import scope
from tests.factories import make_connection, make_member, make_task
from tests.ledger.saying import OPERATION
from tests.library.making import make_preset

SignIn = Callable[[User], Client]
KEY, OTHER_KEY = "sk-first-secret-wqxz", "sk-second-secret-jvkq"  # their ends stand in no date and no number
CONNECTION = {"name": "Main", "base_url": "https://gateway.example.com", "concurrency": 3, "per_minute": 30}
CONNECTION |= {"fate": "keep", "fate_lines": "", "path_lines": ""}


def post(client: Client, name: str, /, *args: object, **form: Any) -> Any:
    answer = client.post(reverse(name, args=args), form)
    assert answer.status_code < 400, (name, answer.content.decode())
    return answer


def whats(team: Team) -> list[str]:
    with scope(team):
        return list(Act.objects.order_by("id").values_list("what", flat=True))


def with_keys(client: Client) -> list[What]:
    post(client, "teams:connection-new", **CONNECTION, key=KEY)
    found = Connection.objects.get(name="Main")
    post(client, "teams:connection", found.pk, **CONNECTION | {"per_minute": 60})
    post(client, "teams:connection", found.pk, **CONNECTION | {"per_minute": 60}, key=OTHER_KEY)
    found.stop("refused")
    post(client, "teams:connection-start", found.pk)
    post(client, "teams:connection-delete", found.pk)
    made = [What.CONNECTION_MADE, What.KEY_CHANGED, What.CONNECTION_CHANGED, What.KEY_CHANGED]
    return [*made, What.CONNECTION_STARTED, What.CONNECTION_DELETED]


def with_people(client: Client, team: Team, signed_in: SignIn) -> list[What]:
    post(client, "teams:rename", name="Team A, anew")
    post(client, "teams:invite", email="guest@example.com", role="viewer")
    post(client, "teams:invitation-withdraw", Invitation.objects.get().pk)
    link = post(client, "teams:invite", email="", role="member").context["link"]
    guest = {"first_name": "Erik", "email": "erik@example.com", "password": "nine lives of a cat"}
    Client().post("/" + link.split("/", 3)[3], guest)
    erik = Membership.objects.get(user__email="erik@example.com")
    post(client, "teams:member-role", erik.pk, role="owner")
    post(client, "teams:member-remove", erik.pk)
    fay = make_member(team, "fay", Role.OWNER)
    post(signed_in(fay), "teams:leave")
    hugo = Membership.objects.get(user=make_member(team, "hugo"))
    post(client, "teams:hand-over", heir=hugo.pk, name="Team A, anew")
    Membership.objects.filter(user__email="alice@example.com").update(role=Role.OWNER)
    invited = [What.TEAM_RENAMED, What.INVITED, What.INVITATION_WITHDRAWN, What.INVITED, What.JOINED]
    return [*invited, What.ROLE_CHANGED, What.TAKEN_OUT, What.LEFT, What.HANDED_OVER]


def with_money(client: Client, alice: User) -> list[What]:
    post(client, "ledger:prices", **{f"price-{OPERATION}": "5"})
    post(client, "ledger:threshold", points="100")
    post(client, "ledger:budget", person="", points="1000")
    post(client, "ledger:budget", person=alice.pk, points="10")
    return [What.PRICES_CHANGED, What.THRESHOLD_CHANGED, What.BUDGET_CHANGED, What.BUDGET_CHANGED]


def with_approvals(client: Client, team: Team, person: User) -> list[What]:
    for verb in ("approve", "decline"):
        given: dict[str, Any] = {"price": 7, "state": State.HELD, "approval": Approval.ASKED}
        task: Task = make_task(team, person, **given)
        task.attempts.create(team=team, connection=task.connection, state=State.HELD, due_at=timezone.now())
        for _twice in range(2):
            post(client, f"tasks:{verb}", task.pk, why="too dear")
    return [What.APPROVED, What.DECLINED]


def with_shares(client: Client, team: Team, alice: User, bob: User) -> list[What]:
    preset = make_preset(team, alice, name="Boats", visibility="team")
    post(client, "library:audience", preset.pk, visibility="chosen", reader=[bob.pk])
    post(client, "library:link", preset.pk, days="7")
    post(client, "library:revoke", preset.pk, ShareLink.objects.get().pk)
    return [What.PRESET_MADE, What.AUDIENCE_CHANGED, What.LINK_MADE, What.LINK_REVOKED]


def with_presets(client: Client, team: Team, alice: User, bob: User) -> list[What]:
    preset = make_preset(team, alice, name="Owls", visibility="team")
    post(client, "library:about", preset.pk, name="Cats", description="")
    post(client, "library:about", preset.pk, name="Cats", description="in fog")
    with scope(team):
        saving.add_version(preset, alice, Kept({"prompt": "a cat"}, {}, {}, {}), "", 1)
    post(client, "library:audience", preset.pk, visibility="team", editor=[bob.pk])
    assert Act.objects.latest("id").detail["editors"] == "Bob"
    for archived in ("yes", "no"):
        post(client, "library:archive", preset.pk, archived=archived)
    changed = [What.PRESET_MADE, What.PRESET_RENAMED, What.PRESET_DESCRIBED, What.PRESET_SAVED]
    return [*changed, What.AUDIENCE_CHANGED, What.PRESET_ARCHIVED, What.PRESET_BACK]


def with_doors(client: Client) -> list[What]:
    post(client, "api:tokens", name="The nightly run", scope="run", days="30")
    for _twice in range(2):
        post(client, "api:token-revoke", Token.objects.get().pk)
    post(client, "notices:webhook", url=f"https://example.com/hook?key={KEY[-4:]}")
    post(client, "notices:webhook", url="https://example.com/other")
    for _twice in range(2):
        post(client, "notices:webhook-remove")
    return [What.TOKEN_MADE, What.TOKEN_REVOKED, What.WEBHOOK_MADE, What.WEBHOOK_CHANGED, What.WEBHOOK_REMOVED]


@pytest.mark.usefixtures("everywhere")
def test_every_act_leaves_one_line_and_no_secret(team: Team, alice: User, bob: User, signed_in: SignIn) -> None:
    client = signed_in(alice)
    expected = with_keys(client)
    expected += with_people(client, team, signed_in)
    expected += with_money(client, alice)
    expected += with_approvals(client, team, bob)
    expected += with_shares(client, team, alice, bob)
    expected += with_presets(client, team, alice, bob)
    expected += with_doors(client)
    make_connection(team)
    call_command("fence", "hold")
    call_command("fence", "lift")
    call_command("fence", "lift")
    expected += [What.FENCE_RAISED, What.FENCE_LIFTED]
    assert whats(team) == expected
    assert set(What) - set(expected) == {What.KEYS_ROTATED, What.BUDGET_REMOVED, What.PRESETS_IMPORTED}
    page = client.get(reverse("teams:audit")).content.decode()
    export = b"".join(client.get(reverse("teams:audit-export")).streaming_content).decode()  # type: ignore[attr-defined]
    for text in (page, export, str(list(Act.objects.values()))):
        assert not [secret for secret in (KEY, OTHER_KEY, KEY[-4:], OTHER_KEY[-4:]) if secret in text]
    assert epoch.row().held_since is None


@pytest.mark.usefixtures("everywhere")
def test_keys_that_are_encrypted_anew_and_budgets_that_go_are_told_too(
    team: Team, alice: User, signed_in: SignIn, settings: Any
) -> None:
    make_connection(team)
    settings.ENCRYPTION_KEYS = ["bmV3LW5ldy1uZXctbmV3LW5ldy1uZXctbmV3LW5ldzE=", *settings.ENCRYPTION_KEYS]
    call_command("rotate_keys")
    client = signed_in(alice)
    post(client, "ledger:budget", person="", points="1000")
    post(client, "ledger:budget-remove", Budget.objects.get().pk)
    assert whats(team) == [What.KEYS_ROTATED, What.BUDGET_CHANGED, What.BUDGET_REMOVED]


def test_a_line_stays_as_it_is(team: Team, alice: User) -> None:
    with scope(team):
        note(What.INVITED, team, alice, "guest@example.com")
        line = Act.objects.get()
        for change in (line.save, line.delete, Act.objects.all().delete, lambda: Act.objects.update(about="")):
            with pytest.raises(AppendOnly):
                change()
        with pytest.raises(ValueError, match="no word for secret"):
            note(What.INVITED, team, alice, secret="x")
        assert Act.objects.get().about == "guest@example.com"


def test_a_name_stays_when_its_person_goes(team: Team, alice: User, signed_in: SignIn) -> None:
    gone = make_member(team, "gustav")
    with scope(team):
        note(What.LEFT, team, gone, gone)
    gone.delete()
    assert "Gustav" in signed_in(alice).get(reverse("teams:audit")).content.decode()


def test_owners_do_not_read_the_names_of_what_somebody_keeps_to_themselves(
    team: Team, bob: User, signed_in: SignIn, alice: User
) -> None:
    writer, owner = signed_in(bob), signed_in(alice)
    preset = make_preset(team, bob, name="Surprise for Alice", visibility="me")
    post(writer, "library:about", preset.pk, name="Surprise party", description="on Friday")
    post(writer, "library:link", preset.pk, days="7")
    post(writer, "library:audience", preset.pk, visibility="chosen", reader=[bob.pk])
    with scope(team):
        saving.add_version(preset, bob, Kept({"prompt": "a cake"}, {}, {}, {}), "", 1)
        post(writer, "library:revoke", preset.pk, ShareLink.objects.get().pk)
    post(writer, "library:archive", preset.pk, archived="yes")
    hidden = owner.get(reverse("teams:audit")).content.decode()
    assert hidden.count("A preset that is not for the whole team") == len(whats(team)) == 8
    export = b"".join(owner.get(reverse("teams:audit-export")).streaming_content).decode()  # type: ignore[attr-defined]
    assert "Surprise" not in hidden + export
    post(writer, "library:audience", preset.pk, visibility="team")
    post(writer, "library:audience", preset.pk, visibility="me")
    told = owner.get(reverse("teams:audit")).content.decode()
    assert told.count("Surprise party") == 2  # all of them saw it meanwhile


def test_the_page_is_filtered_by_kind_and_person_paged_by_key_and_exported(
    team: Team, alice: User, bob: User, signed_in: SignIn
) -> None:
    with scope(team):
        for number in range(60):
            note(What.INVITED, team, alice, f"guest{number}@example.com", role="viewer")
        note(What.CONNECTION_CHANGED, team, bob, "=Main", fields=["name", "per_minute"])
    client, audit = signed_in(alice), reverse("teams:audit")
    first = client.get(audit)
    assert len(first.context["acts"]) == 50
    assert "calls per minute" in first.content.decode()
    second = client.get(audit + first.context["older"])
    assert [len(second.context["acts"]), second.context["older"]] == [11, ""]
    assert [act.by for act in client.get(f"{audit}?kind=keys").context["acts"]] == ["Bob"]
    assert [act.by for act in client.get(f"{audit}?person={bob.pk}").context["acts"]] == ["Bob"]
    assert "Nothing fits" in client.get(f"{audit}?kind=fence").content.decode()
    export = client.get(f"{reverse('teams:audit-export')}?kind=keys")
    rows = list(csv.DictReader(io.StringIO(b"".join(export.streaming_content).decode("utf-8-sig"))))  # type: ignore[attr-defined]
    assert [(row["by"], row["about"], row["detail"]) for row in rows] == [
        ("Bob", "'=Main", "fields: ['name', 'per_minute']")
    ]
