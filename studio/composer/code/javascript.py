"""JavaScript with fetch, and Dart with its http package."""

from __future__ import annotations

from studio.composer.code.literals import braced, quoted
from studio.composer.code.request import KEY, Part, Request


def javascript(request: Request) -> str:
    """A module for Node; in a browser only the key and the files come from elsewhere."""
    headers = [f"    {_js(name)}: {_js(value)}," for name, value in request.all_headers]
    body: list[str] = []
    if request.body is not None:
        body = [f"  body: {_js(request.body)},"]
    elif request.parts is not None:
        pieces = [f"await readFile({_js(p.text)})" if isinstance(p, Part) else _js(p) for p in request.pieces]
        body = ["  body: new Blob([", *(f"    {piece}," for piece in pieces), "  ]),"]
    reads = ["import { readFile } from 'node:fs/promises';", ""] if _has_files(request) else []
    return "\n".join(
        [
            *reads,
            f"const response = await fetch({_js(request.url)}, {{",
            f"  method: {_js(request.method)},",
            "  headers: {",
            *headers,
            f"    Authorization: `Bearer ${{process.env.{KEY}}}`,",
            "  },",
            *body,
            "});",
            "console.log(await response.text());",
        ]
    )


def dart(request: Request) -> str:
    body: list[str] = []
    if request.body is not None:
        body = [f"  request.bodyBytes = utf8.encode({_dart(request.body)});"]
    elif request.parts is not None:
        pieces = [
            f"...File({_dart(p.text)}).readAsBytesSync()" if isinstance(p, Part) else f"...utf8.encode({_dart(p)})"
            for p in request.pieces
        ]
        body = ["  request.bodyBytes = [", *(f"    {piece}," for piece in pieces), "  ];"]
    return "\n".join(
        [
            "import 'dart:convert';",
            "import 'dart:io';",
            "import 'package:http/http.dart' as http;",
            "",
            "void main() async {",
            f"  final request = http.Request({_dart(request.method)}, Uri.parse({_dart(request.url)}));",
            "  request.headers.addAll({",
            *(f"    {_dart(name)}: {_dart(value)}," for name, value in request.all_headers),
            f"    'Authorization': 'Bearer ${{Platform.environment['{KEY}']}}',",
            "  });",
            *body,
            "  final response = await http.Response.fromStream(await request.send());",
            "  print(utf8.decode(response.bodyBytes));",
            "}",
        ]
    )


def _has_files(request: Request) -> bool:
    return any(part.is_file for part in request.parts or ())


def _js(text: str) -> str:
    return quoted(text, "'", braced)


def _dart(text: str) -> str:
    return quoted(text, "'", braced, {"$": "\\$"})
