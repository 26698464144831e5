"""What stands in the form, or what a task was made with, on its way into the library."""

from __future__ import annotations

from django.http import HttpResponseBase
from django.shortcuts import redirect
from django.views.decorators.http import require_http_methods

from studio import catalog
from studio.composer.drafts import Draft
from studio.composer.elsewhere import earlier
from studio.composer.finding import find
from studio.composer.opening import page, screen_of, take_json
from studio.composer.presets import opened_from, read
from studio.composer.prompting import meant
from studio.library import uses
from studio.library.kept import Kept
from studio.library.models import PresetVersion
from studio.library.saving_views import ask_for
from studio.tasks.models import Task
from studio.teams.access import IN_EVERY_FORM, TeamRequest, team_page
from studio.teams.models import Role

NOT_OF_THE_FORM = IN_EVERY_FORM | {"do"}  # of what a page posts: what the next post has of its own


@require_http_methods(["GET", "HEAD", "POST"])
@team_page(role=Role.MEMBER)
def keep(request: TeamRequest, operation: str) -> HttpResponseBase:
    """Ask how the posted form, or `?from=` a task, is to be kept. What cannot be read must be mended first."""
    found = find(operation)
    task = earlier(request, operation)
    if request.method != "POST" and task is None:
        return redirect("composer:compose", operation)
    draft = Draft.of_task(found, task) if task else read(request, found)
    take_json(request, draft)
    if draft.wrong or draft.json_wrong or draft.extra_wrong:
        return page(request, screen_of(request, draft), status=422)
    version = version_of(request, found, task)
    kept = Kept(meant(draft), draft.extras, draft.fates, version.kept.holds if version else {})
    name = found.prompt_of(draft.values).strip().split("\n")[0][:60]
    posted = [(each, value) for each, values in request.POST.lists() for value in values if each not in NOT_OF_THE_FORM]
    return ask_for(request, kept, found, version, name, posted)


def version_of(request: TeamRequest, operation: catalog.Operation, task: Task | None) -> PresetVersion | None:
    """The version that the form was opened from, or the task made with: it may be saved as the next one."""
    if task:
        use = uses.of_task(task.pk, request.user)
        return use.version if use else None
    source = opened_from(request, operation)
    return source.version if source else None
