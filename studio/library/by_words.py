"""By which words a preset and a prompt are found. What changes one of these calls `enter` in the same transaction."""

from __future__ import annotations

from studio import catalog
from studio.library.models import Preset, PresetVersion, Prompt, PromptTag
from studio.search import index
from studio.search.models import Entry, Kind


def of_preset(preset: Preset) -> list[str]:
    """Its name, what is said of it, its operation's names in both languages, and the prompt it holds now."""
    operation = catalog.find(preset.operation)
    if operation is None:
        return [preset.name, preset.description, preset.operation]
    version = PresetVersion.objects.filter(preset=preset).order_by("-number").first()
    prompt = operation.prompt_of(version.kept.values) if version else ""
    titles = (operation.system_title, operation.title)
    return [preset.name, preset.description, *(text for title in titles for text in (title.en, title.zh)), prompt]


def of_prompt(prompt: Prompt) -> list[str]:
    tags = PromptTag.objects.filter(prompt=prompt).order_by("name").values_list("name", flat=True)
    return [prompt.name, *tags, prompt.text]


def enter_preset(preset: Preset) -> None:
    index.put(preset.team_id, Kind.PRESET, preset.pk, of_preset(preset))


def enter_prompt(prompt: Prompt) -> None:
    index.put(prompt.team_id, Kind.PROMPT, prompt.pk, of_prompt(prompt))


def preset_entry(preset: Preset) -> Entry:
    return index.entry(preset.team_id, Kind.PRESET, preset.pk, of_preset(preset))


def prompt_entry(prompt: Prompt) -> Entry:
    return index.entry(prompt.team_id, Kind.PROMPT, prompt.pk, of_prompt(prompt))
