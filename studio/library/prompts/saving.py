"""A prompt begins, and gets further versions; word lists change. Nothing that somebody else saved is overwritten."""

from __future__ import annotations

from collections.abc import Sequence

from django.db import IntegrityError, transaction
from django.utils import timezone

from studio.library.by_words import enter_prompt
from studio.library.models import Prompt, PromptTag, PromptVersion, Visibility, WordList
from studio.library.versions import Stale, newest_of
from studio.teams.models import Team, User
from studio.teams.scope import scope


def begin(
    *,
    team: Team,
    person: User,
    name: str,
    text: str,
    key: str,
    note: str = "",
    visibility: str = Visibility.TEAM,
    tags: Sequence[str] = (),
) -> Prompt:
    """A prompt with its first version and its tags.

    The same `key` in the same team is the same prompt: a second click.
    """
    with scope(team):
        given = {"name": name, "text": text, "visibility": visibility}
        made = Prompt(team=team, author=person, key=key, newest=1, **given)
        try:
            with transaction.atomic():
                made.save(force_insert=True)
                insert(made, person, text, note)
                if tags:
                    put_tags(made, tags)
        except IntegrityError:
            known = Prompt.objects.filter(key=key, author=person).first()
            if known is None:
                raise
            return known
        return made


def add_version(prompt: Prompt, person: User, text: str, note: str, base: int) -> PromptVersion:
    """The next version. `base` is the number of the version that the person had before them.

    What the newest version says already makes no other one. Raises `Stale` where `base` is no longer the newest. Needs
    the team's scope.
    """
    with transaction.atomic():
        versions = PromptVersion.objects.filter(prompt=prompt)
        newest = newest_of(versions)
        if newest.text == text:
            return newest
        change = {"newest": base + 1, "text": text, "changed_at": timezone.now()}
        if not Prompt.objects.filter(pk=prompt.pk, newest=base).update(**change):
            raise Stale(newest_of(versions))
        prompt.newest, prompt.text = base + 1, text
        return insert(prompt, person, text, note)


def insert(prompt: Prompt, person: User, text: str, note: str) -> PromptVersion:
    given = {"team_id": prompt.team_id, "prompt": prompt, "number": prompt.newest}
    version = PromptVersion.objects.create(**given, text=text, note=note, author=person)
    enter_prompt(prompt)
    return version


def put_tags(prompt: Prompt, names: Sequence[str]) -> None:
    """These tags and no others. What is found by them is found by the prompt's name as it is now, too."""
    with transaction.atomic():
        PromptTag.objects.filter(prompt=prompt).exclude(name__in=names).delete()
        for name in names:
            PromptTag.objects.get_or_create(prompt=prompt, name=name, defaults={"team_id": prompt.team_id})
        enter_prompt(prompt)


def change_list(row: WordList, person: User, text: str, edition: int) -> bool:
    """Other lines for a word list; False where somebody changed it since `edition`. Needs the team's scope."""
    change = {"text": text, "edition": edition + 1, "changed_by": person, "changed_at": timezone.now()}
    return bool(WordList.objects.filter(pk=row.pk, edition=edition).update(**change))
