"""Comments: who may write where, whom a mention reaches, and what a page shows of a text."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils.module_loading import import_string

from studio.library.models import Named, Visibility
from studio.notices.listing import lines, mine, page, unread_number
from studio.notices.models import LONGEST, Comment, Mention, Notice, What
from studio.notices.talking import MOST_MEMBERS
from studio.notices.targets import KINDS, find, readers, targets
from studio.notices.telling import News, tell
from studio.tasks.models import Task
from studio.teams.models import Membership, Team, User
from studio.teams.scope import scope
from tests.factories import make_attempt, make_member, make_task
from tests.library.making import make_preset, make_prompt

SignIn = Callable[[User], Client]


@pytest.fixture
def task(team: Team, alice: User) -> Task:
    with scope(team):
        made = make_task(team, alice)
        make_attempt(made)
    return made


def say(client: Client, row: Any, text: str, **more: Any) -> Any:
    kind = type(row).__name__.lower()
    return client.post(reverse("notices:talk", args=[kind, row.pk]), {"text": text, **more})


def sentences(person: User, team: Team) -> list[str]:
    """What is unread."""
    with scope(team):
        return [line.sentence for line in page(person).unread]


def test_what_other_rooms_have_is_named_rightly() -> None:
    for kind in KINDS.values():
        assert not kind.seen_by or callable(import_string(kind.seen_by))


def test_who_made_it_is_told_once_however_much_is_said(
    team: Team, alice: User, bob: User, dana: User, task: Task, signed_in: SignIn
) -> None:
    for client in (signed_in(bob), signed_in(bob), signed_in(dana)):
        assert say(client, task, "Look at the sail").status_code == 302
    assert sentences(alice, team) == [f"3 new comments by Dana and Bob on Task {task.pk} · a paper boat"]
    assert sentences(bob, team) == [f"Dana commented on Task {task.pk} · a paper boat"]
    assert sentences(dana, team) == []


def test_a_line_remembers_the_last_twenty_who_said_something(team: Team, alice: User, task: Task) -> None:
    with scope(team):
        for person in (make_member(team, f"m{number}") for number in range(22)):
            tell(News(team.pk, What.COMMENTED, ("task", task.pk), person.pk), [alice.pk])
        names = [str(User.objects.get(pk=pk)) for pk in Notice.objects.get(person=alice).who]
    assert names == [f"M{number}" for number in range(21, 1, -1)]


def test_nobody_is_told_what_they_said_themselves(team: Team, alice: User, task: Task, signed_in: SignIn) -> None:
    say(signed_in(alice), task, "Mine, @Alice")
    assert sentences(alice, team) == []


def test_a_mention_is_a_person_and_follows_their_name(
    team: Team, alice: User, bob: User, task: Task, signed_in: SignIn
) -> None:
    client = signed_in(alice)
    say(client, task, "@bob, is bob@bob.com yours? 看看@Bob的船")
    with scope(team):
        comment = Comment.objects.get()
        assert comment.text == f"@{{{bob.pk}}}, is bob@bob.com yours? 看看@{{{bob.pk}}}的船"
        assert Mention.objects.get().person == bob
    User.objects.filter(pk=bob.pk).update(first_name="Robert")
    assert "@Robert" in client.get(reverse("tasks:detail", args=[task.pk])).content.decode()
    assert sentences(bob, team) == [f"Alice mentioned you on Task {task.pk} · a paper boat"]


def test_of_two_with_one_name_the_chosen_one_is_meant(
    team: Team, alice: User, bob: User, dana: User, task: Task, signed_in: SignIn
) -> None:
    User.objects.filter(pk=dana.pk).update(first_name="Bob")
    say(signed_in(alice), task, "@Bob?")
    with scope(team):
        assert not Mention.objects.exists()
    say(signed_in(alice), task, "@Bob!", mention=[dana.pk])
    with scope(team):
        assert Mention.objects.get().person == dana


def test_a_comment_costs_no_query_for_each_who_spoke_before(
    team: Team, alice: User, task: Task, signed_in: SignIn
) -> None:
    client, needed = signed_in(alice), list[int]()
    for turn, count in enumerate((3, 3, 20)):  # the first finds nothing unread
        people = [User(email=f"{turn}-{n}@example.com", first_name=f"S{turn}x{n}") for n in range(count)]
        User.objects.bulk_create(people)
        with scope(team):
            Membership.objects.bulk_create(Membership(team=team, user=each) for each in people)
            Comment.objects.bulk_create(Comment(team=team, writer=each, task=task, text="Nice") for each in people)
        with CaptureQueriesContext(connection) as queries:
            say(client, task, " ".join(f"@{each.first_name}" for each in people))
        needed.append(len(queries))
    assert needed[2] <= needed[1]
    with scope(team):
        assert Notice.objects.filter(what="mentioned").count() == 26


@pytest.mark.parametrize("visibility", Visibility)
def test_who_reads_a_target_is_who_may_open_it(
    team: Team, alice: User, bob: User, dana: User, task: Task, visibility: Visibility
) -> None:
    people = {alice.pk: alice, bob.pk: bob, dana.pk: dana}
    preset = make_preset(team, bob, visibility=visibility)
    prompt = make_prompt(team, bob, visibility="team" if visibility == Visibility.TEAM else "me")
    with scope(team):
        Named.objects.create(team=team, preset=preset, person=dana)
        Task.objects.filter(pk=task.pk).update(private=visibility != Visibility.TEAM)
        for kind, row, maker in (("preset", preset, bob), ("prompt", prompt, bob), ("task", task, alice)):
            may_open = {pk for pk, person in people.items() if targets(kind, [row.pk], person)}
            assert readers(find(kind, row.pk, maker), people) == may_open, kind


def test_whoever_the_list_does_not_offer_is_mentioned_by_name_and_found_by_words(
    team: Team, alice: User, task: Task, signed_in: SignIn
) -> None:
    people = [User(email=f"z{number}@example.com", first_name=f"Zoe {number:04}") for number in range(MOST_MEMBERS + 5)]
    User.objects.bulk_create(people)
    Membership.objects.bulk_create(Membership(team=team, user=each) for each in people)
    client, last = signed_in(alice), people[-1]
    offered = client.get(reverse("notices:people")).content.decode()
    assert last.email not in offered
    assert "data-more" in offered
    narrowed = client.get(reverse("notices:people") + f"?q={last.email}").content.decode()
    assert last.email in narrowed
    assert "data-more" not in narrowed
    say(client, task, f"@{last.first_name}, look")
    with scope(team):
        assert Mention.objects.get().person_id == last.pk


def test_another_teams_person_is_not_mentioned(
    team: Team, alice: User, charlie: User, task: Task, signed_in: SignIn
) -> None:
    say(signed_in(alice), task, "@Charlie", mention=[charlie.pk])
    with scope(team):
        assert not Mention.objects.exists()
        assert not Notice.objects.exists()


def test_a_preset_of_ones_own_is_revealed_to_nobody(team: Team, alice: User, bob: User, signed_in: SignIn) -> None:
    preset = make_preset(team, alice, name="Secret plan", visibility=Visibility.ME)
    answer = signed_in(alice).post(
        reverse("notices:talk", args=["preset", preset.pk]), {"text": "@Bob see"}, headers={"HX-Request": "true"}
    )
    assert "Bob cannot see this, and was not notified." in answer.content.decode()
    assert sentences(bob, team) == []
    client = signed_in(bob)
    assert say(client, preset, "found you").status_code == 404
    assert client.get(reverse("notices:talk", args=["preset", preset.pk])).status_code == 404
    with scope(team):
        comment = Comment.objects.get()
    for name in ("comment", "delete"):
        assert client.post(reverse(f"notices:{name}", args=[comment.pk]), {"text": "x"}).status_code == 404


def test_a_task_of_ones_own_is_revealed_to_nobody(
    team: Team, alice: User, bob: User, task: Task, signed_in: SignIn
) -> None:
    say(signed_in(bob), task, "Nice")
    with scope(team):
        Task.objects.filter(pk=task.pk).update(private=True)
    say(signed_in(alice), task, "What do you think, @Bob?")
    assert say(signed_in(bob), task, "Still here?").status_code == 404
    assert not [sentence for sentence in sentences(bob, team) if "paper boat" in sentence]
    with scope(team):
        assert not Notice.objects.filter(person=bob, what="mentioned").exists()


def test_a_line_about_what_was_hidden_since_names_nothing(
    team: Team, alice: User, bob: User, signed_in: SignIn
) -> None:
    preset = make_preset(team, alice, name="Secret plan", visibility=Visibility.TEAM)
    say(signed_in(alice), preset, "@Bob the code is 7")
    assert "Secret plan" in sentences(bob, team)[0]
    preset.visibility = Visibility.ME
    with scope(team):
        preset.save()
        [line] = lines(bob, mine(bob))
    assert (line.sentence, line.excerpt) == ("Something that you do not see any more", "")
    answer = signed_in(bob).get(reverse("notices:follow"), {"line": line.notice.pk})
    assert answer["Location"] == reverse("notices:list")


def test_who_left_the_team_is_told_nothing(team: Team, alice: User, bob: User, task: Task, signed_in: SignIn) -> None:
    say(signed_in(bob), task, "first")
    Membership.objects.filter(user=bob).delete()
    say(signed_in(alice), task, "@Bob second")
    assert sentences(bob, team) == []


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("<script>alert(1)</script>", "&lt;script&gt;alert(1)&lt;/script&gt;"),
        ("javascript:alert(1)", ">javascript:alert(1)<"),
        ('https://a.example/"onclick="x', '<a href="https://a.example/" rel="noopener noreferrer nofollow">'),
        ("(see https://a.example/b?c=1&d=2).", '<a href="https://a.example/b?c=1&amp;d=2" rel='),
        ("看 https://a.example/中文。", ">https://a.example/中文</a>。"),
        ("one\n\ntwo", "one\n\ntwo"),
        ("@{1} @{999999}", "@{1} @{999999}"),
    ],
)
def test_a_text_is_shown_as_text(text: str, shown: str, alice: User, task: Task, signed_in: SignIn) -> None:
    client = signed_in(alice)
    say(client, task, text)
    page = client.get(reverse("tasks:detail", args=[task.pk])).content.decode()
    assert shown in page
    assert "<script>alert" not in page


def test_a_writer_changes_and_deletes_their_own_and_an_owner_deletes_any(
    team: Team, alice: User, bob: User, dana: User, task: Task, signed_in: SignIn
) -> None:
    say(signed_in(bob), task, "@Dana first")
    with scope(team):
        comment = Comment.objects.get()
    change, delete = (reverse(f"notices:{name}", args=[comment.pk]) for name in ("comment", "delete"))
    assert ">@Dana first</textarea>" in signed_in(bob).get(change + "?edit=yes").content.decode()
    for stranger in (dana, alice):
        assert signed_in(stranger).post(change, {"text": "mine now"}).status_code == 403
    assert signed_in(dana).post(delete).status_code == 403
    signed_in(bob).post(change, {"text": "@Dana and @Alice"})
    comment.refresh_from_db()
    assert comment.changed_at
    assert comment.text == f"@{{{dana.pk}}} and @{{{alice.pk}}}"
    with scope(team):
        assert Notice.objects.get(person=dana).times == 1  # a change is no second mention
        assert Notice.objects.get(person=alice).what == "mentioned"
    assert signed_in(alice).post(delete).status_code == 302
    with scope(team):
        assert not Comment.objects.exists()
        assert [line.excerpt for line in lines(alice, mine(alice))] == [""]


def test_an_empty_or_endless_comment_is_not_kept_and_not_lost(
    team: Team, alice: User, task: Task, signed_in: SignIn
) -> None:
    client, path = signed_in(alice), reverse("notices:talk", args=["task", task.pk])
    for text, sentence in (("  \0 ", "Write something first."), ("x" * (LONGEST + 1), "4000 characters at most")):
        answer = client.post(path, {"text": text}, headers={"HX-Request": "true"})
        assert answer.status_code == 422
        assert sentence in answer.content.decode()
    assert "x" * (LONGEST + 1) in answer.content.decode()
    with scope(team):
        assert not Comment.objects.exists()


def test_a_long_talk_comes_a_page_at_a_time(team: Team, alice: User, task: Task, signed_in: SignIn) -> None:
    with scope(team):
        Comment.objects.bulk_create(
            Comment(team=team, writer=alice, text=f"number {n}.", task=task) for n in range(3, 26)
        )
        first = Comment.objects.order_by("-pk")[11].pk
    page = signed_in(alice).get(reverse("tasks:detail", args=[task.pk])).content.decode()
    assert "number 25." in page
    assert "number 14." in page
    assert "number 13." not in page
    older = signed_in(alice).get(reverse("notices:talk", args=["task", task.pk]), {"before": first}).content.decode()
    assert "number 13." in older
    assert "number 14." not in older
    assert "Earlier comments" not in older


def test_opening_the_page_reads_its_lines(team: Team, alice: User, bob: User, task: Task, signed_in: SignIn) -> None:
    say(signed_in(bob), task, "hello")
    client = signed_in(alice)
    assert "Notices, 1 unread" in client.get(reverse("notices:list")).content.decode()
    client.get(reverse("tasks:detail", args=[task.pk]))
    with scope(team):
        assert unread_number(alice) == 0
    say(signed_in(bob), task, "again")
    assert sentences(alice, team) == [f"Bob commented on Task {task.pk} · a paper boat"]
