"""What a person types about a prompt or a word list."""

from __future__ import annotations

import re
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from studio.library.models import Visibility
from studio.library.prompts.word_lists import MOST, MOST_LINES, as_lines

MOST_TEXT = 50_000  # characters of a prompt
MOST_TAGS = 12
LIST_NAME = re.compile(r"[^\W_]+(?:[_-][^\W_]+)*")
AUDIENCES = [(each.value, each.label) for each in (Visibility.TEAM, Visibility.ME)]


class LineField(forms.CharField):
    """One line, without what no line holds."""

    def to_python(self, value: Any) -> str:
        return " ".join(str(super().to_python(value)).replace("\0", "").split())


class TextField(forms.CharField):
    """A text as it was typed: its own line ends, its own spaces."""

    def __init__(self, **more: Any) -> None:
        super().__init__(strip=False, **more)

    def to_python(self, value: Any) -> str:
        return str(super().to_python(value)).replace("\0", "").replace("\r\n", "\n").replace("\r", "\n")


class WritingForm(forms.Form):
    """A version: its text and a line about it. `name`, `tags` and `visibility` are asked for where a prompt begins."""

    text = TextField(
        label=gettext_lazy("Text"),
        max_length=MOST_TEXT,
        error_messages={"required": gettext_lazy("Write the prompt: an empty one says nothing.")},
    )
    note = LineField(
        label=gettext_lazy("Note"),
        max_length=200,
        required=False,
        help_text=gettext_lazy("One line about this version: what changed, and why."),
    )


def tags_in(text: str) -> list[str]:
    parts = re.split(r"[,，、;；\n]", text)
    names = dict.fromkeys(part.strip().lstrip("#").strip() for part in parts)
    return [name for name in names if name]


class AboutForm(forms.Form):
    name = LineField(
        label=gettext_lazy("Name"),
        max_length=120,
        error_messages={"required": gettext_lazy("Give it a name by which others find it.")},
    )
    tags = LineField(
        label=gettext_lazy("Tags"),
        max_length=600,
        required=False,
        help_text=gettext_lazy("Words with commas between them, for example: film, night."),
    )
    visibility = forms.ChoiceField(label=gettext_lazy("Who sees it"), choices=AUDIENCES, required=False)

    def clean_tags(self) -> list[str]:
        names = tags_in(self.cleaned_data["tags"])
        if len(names) > MOST_TAGS:
            text = ngettext("Keep to %(most)s tag.", "Keep to %(most)s tags.", MOST_TAGS)
            raise forms.ValidationError(text % {"most": MOST_TAGS})
        if long := next((name for name in names if len(name) > 40), ""):
            raise forms.ValidationError(_("“%(tag)s …” is longer than 40 characters.") % {"tag": long[:20]})
        return names

    def clean_visibility(self) -> str:
        return self.cleaned_data["visibility"] or Visibility.TEAM


class BeginningForm(AboutForm, WritingForm):
    field_order = ["name", "text", "tags", "note", "visibility"]


class WordListForm(forms.Form):
    name = LineField(
        label=gettext_lazy("Name"),
        max_length=40,
        error_messages={"required": gettext_lazy("Give it the name by which prompts call it.")},
        help_text=gettext_lazy("Letters, digits, - and single _; a prompt draws from it with two _ on either side."),
    )
    text = TextField(
        label=gettext_lazy("Lines"),
        max_length=MOST,
        error_messages={"required": gettext_lazy("Write at least one line.")},
    )

    def clean_name(self) -> str:
        name: str = self.cleaned_data["name"].removeprefix("__").removesuffix("__")
        if not LIST_NAME.fullmatch(name):
            raise forms.ValidationError(_("Use letters, digits, - and single _ only, for example: hair-colour."))
        return name

    def clean_text(self) -> str:
        lines = as_lines(self.cleaned_data["text"])
        if not lines:
            raise forms.ValidationError(_("Write at least one line."))
        if len(lines) > MOST_LINES:
            raise forms.ValidationError(_("Keep to %(most)s lines.") % {"most": MOST_LINES})
        return "\n".join(lines)
