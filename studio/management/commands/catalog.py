"""The catalog at a terminal: list, show, check, read, body, openapi."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from studio import catalog
from studio.management import catalog_pages as pages


class Command(BaseCommand):
    help = "Show what the gateway can make; check bodies, read payloads, build bodies."
    requires_system_checks = []  # it says itself what is wrong with the catalog

    def add_arguments(self, parser: CommandParser) -> None:
        verbs = parser.add_subparsers(dest="verb", required=True, parser_class=CommandParser)
        listing = verbs.add_parser("list", help="All operations, a line each.")
        show = verbs.add_parser("show", help="One operation: its fields, sources and doubts.")
        check = verbs.add_parser("check", help="What is wrong with a body; without arguments, with the catalog itself.")
        read = verbs.add_parser("read", help="What a payload of the gateway says.")
        body = verbs.add_parser("body", help="The body of values by path; without a file, of a fresh form.")
        openapi = verbs.add_parser("openapi", help="An OpenAPI 3.1 document of all operations.")
        show.add_argument("operation", help="written as system.operation")
        for verb in (check, body):
            verb.add_argument("operation", nargs="?" if verb is check else None)
            verb.add_argument("file", nargs="?", help="a JSON file, or - for the standard input")
        read.add_argument("operation")
        read.add_argument("file", help="a file, or - for the standard input")
        read.add_argument("--kind", choices=("answer", "poll", "callback"), default="answer")
        read.add_argument("--status", type=int, default=200, help="the HTTP status it came with")
        openapi.add_argument("--out", help="the file to write, instead of the standard output")
        for verb in (check, body, openapi):
            verb.add_argument("--fate", choices=("keep", "omit", "refuse"), help="of fields that do not apply")
        for verb in (listing, show, check, read, body):
            verb.add_argument("--json", action="store_true", help="as JSON")

    def handle(self, *_: Any, **options: Any) -> None:
        if faults := self.faults(everything=options["verb"] == "check"):
            lines = "\n".join(f"{fault} {fault.hint}" for fault in faults)
            raise CommandError(f"The catalog has {len(faults)} fault(s):\n{lines}")
        getattr(self, f"do_{options['verb']}")(**options)

    def faults(self, *, everything: bool) -> Sequence[catalog.Fault]:
        """What keeps the catalog from being used; `everything` looks at what is read in its payloads too."""
        if everything:
            return catalog.faults()
        try:
            catalog.operations()
        except catalog.CatalogFaults as broken:
            return broken.faults
        return []

    def do_list(self, json: bool, **_: Any) -> None:
        operations = catalog.operations()
        self.say(json, [pages.brief(o) for o in operations], "\n".join(pages.line(o) for o in operations))

    def do_show(self, operation: str, json: bool, **_: Any) -> None:
        found = self.operation(operation)
        self.say(json, pages.facts(found), pages.sheet(found))

    def do_check(self, operation: str | None, file: str | None, json: bool, fate: str | None, **_: Any) -> None:
        if operation is None:
            self.say(json, [], f"The catalog is whole: {len(catalog.operations())} operations.")
            return
        if file is None:
            raise CommandError("Name the body's file, or - for the standard input.")
        found = self.operation(operation).check(self.json_of(file), {"default": fate} if fate else None)
        lines = [pages.problem_line(problem) for problem in found] or ["No problems."]
        self.say(json, [pages.problem(problem) for problem in found], "\n".join(lines))
        self.stop_on_errors(found)

    def do_read(self, operation: str, file: str, kind: Any, status: int, json: bool, **_: Any) -> None:
        report = self.operation(operation).read(content(file), kind, status)
        self.say(json, report.plain(), pages.report_lines(report))

    def do_body(self, operation: str, file: str | None, json: bool, fate: str | None, **_: Any) -> None:
        found = self.operation(operation)
        values = self.json_of(file) if file else found.defaults()
        if not isinstance(values, dict):
            raise CommandError('The values must be an object by path, e.g. {"model": "gen3", "options.seconds": 5}.')
        built = found.body(values, {}, {"default": fate} if fate else None)
        self.say(json, pages.built(built), catalog.dumps(built.body, indent=2))
        if not json:
            for problem in built.problems:
                self.stderr.write(pages.problem_line(problem))
        self.stop_on_errors(built.problems)

    def do_openapi(self, out: str | None, fate: str | None, **_: Any) -> None:
        text = catalog.dumps(catalog.openapi_document({"default": fate} if fate else None), indent=2)
        if out is None:
            self.stdout.write(text)
            return
        try:
            Path(out).write_text(f"{text}\n", encoding="utf-8")
        except OSError as problem:
            raise CommandError(f"{out} cannot be written: {problem.strerror}.") from None
        self.stdout.write(f"{out} holds {len(catalog.operations())} operations.")

    def operation(self, slug: str) -> catalog.Operation:
        if (operation := catalog.find(slug)) is None:
            raise CommandError(f"There is no operation “{slug}”. Run “catalog list” to see them all.")
        return operation

    def json_of(self, file: str) -> Any:
        try:
            return catalog.loads(content(file).decode("utf-8-sig"))
        except UnicodeDecodeError:
            raise CommandError(f"{file} is no UTF-8 text.") from None
        except catalog.JSONProblem as problem:
            raise CommandError(f"{file} is no JSON. {problem}") from None

    def say(self, as_json: bool, data: Any, text: str) -> None:
        self.stdout.write(catalog.dumps(data, indent=2) if as_json else text)

    def stop_on_errors(self, problems: list[catalog.Problem]) -> None:
        if errors := sum(problem.level == "error" for problem in problems):
            raise CommandError(f"{errors} error(s).")


def content(file: str) -> bytes:
    """The bytes of a file, or of the standard input."""
    try:
        return sys.stdin.buffer.read() if file == "-" else Path(file).read_bytes()
    except OSError as problem:
        raise CommandError(f"{file} cannot be read: {problem.strerror}.") from None
