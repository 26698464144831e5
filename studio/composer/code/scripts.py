"""Python with requests, PHP with curl, Ruby with net/http, R with httr."""

from __future__ import annotations

from studio.composer.code.literals import braced, four_or_eight, is_plain, quoted
from studio.composer.code.request import KEY, Part, Request


def python(request: Request) -> str:
    content: list[str] = []
    if request.body is not None:
        content = [f"    data={_python(request.body)}.encode(),"]
    elif request.parts is not None:
        content = ["    files=[", *(f"        {_python_part(part)}," for part in request.parts), "    ],"]
    return "\n".join(
        [
            "import os",
            "",
            "import requests",
            "",
            "response = requests.request(",
            f"    {_python(request.method)},",
            f"    {_python(request.url)},",
            "    headers={",
            *(f"        {_python(name)}: {_python(value)}," for name, value in request.plain_headers),
            f"        'Authorization': 'Bearer ' + os.environ['{KEY}'],",
            "    },",
            *content,
            ")",
            "print(response.text)",
        ]
    )


def php(request: Request) -> str:
    body = [f"    CURLOPT_POSTFIELDS => {_php(request.body)},"] if request.body is not None else []
    if request.parts is not None:
        pieces = [f"file_get_contents({_php(p.text)})" if isinstance(p, Part) else _php(p) for p in request.pieces]
        body = ["    CURLOPT_POSTFIELDS => implode('', [", *(f"        {piece}," for piece in pieces), "    ]),"]
    return "\n".join(
        [
            "<?php",
            "",
            f"$call = curl_init({_php(request.url)});",
            "curl_setopt_array($call, [",
            f"    CURLOPT_CUSTOMREQUEST => {_php(request.method)},",
            "    CURLOPT_RETURNTRANSFER => true,",
            "    CURLOPT_HTTPHEADER => [",
            *(f"        {_php(f'{name}: {value}')}," for name, value in request.all_headers),
            f"        'Authorization: Bearer ' . getenv('{KEY}'),",
            "    ],",
            *body,
            "]);",
            "echo curl_exec($call), PHP_EOL;",
        ]
    )


def ruby(request: Request) -> str:
    body = [f"request.body = {_ruby(request.body)}"] if request.body is not None else []
    if request.parts is not None:
        parts = [
            f"  [{_ruby(p.name)}, {f'File.open({_ruby(p.text)})' if p.is_file else _ruby(p.text)}],"
            for p in request.parts
        ]
        body = ["request.set_form([", *parts, "], 'multipart/form-data')"]
    return "\n".join(
        [
            "require 'net/http'",
            "",
            f"uri = URI({_ruby(request.url)})",
            f"request = Net::HTTP::{request.method.capitalize()}.new(uri)",
            *(f"request[{_ruby(name)}] = {_ruby(value)}" for name, value in request.plain_headers),
            f"request['Authorization'] = \"Bearer #{{ENV.fetch('{KEY}')}}\"",
            *body,
            "response = Net::HTTP.start(uri.hostname, uri.port, use_ssl: uri.scheme == 'https') do |http|",
            "  http.request(request)",
            "end",
            "puts response.body",
        ]
    )


def r(request: Request) -> str:
    body: list[str] = []
    if request.body is not None:
        body = [f"  body = enc2utf8({_r(request.body)}),", "  encode = 'raw',"]
    elif request.parts is not None:
        parts = [
            f"    {_r(p.name)} = {f'upload_file({_r(p.text)})' if p.is_file else f'enc2utf8({_r(p.text)})'}"
            for p in request.parts
        ]
        body = ["  body = list(", ",\n".join(parts), "  ),", "  encode = 'multipart',"]
    headers = ",\n".join(
        [
            *(f"    {_r(name)} = {_r(value)}" for name, value in request.plain_headers),
            f"    'Authorization' = paste('Bearer', Sys.getenv('{KEY}'))",
        ]
    )
    return "\n".join(
        [
            "library(httr)",
            "",
            "response <- VERB(",
            f"  {_r(request.method)},",
            f"  {_r(request.url)},",
            *body,
            "  add_headers(",
            headers,
            "  )",
            ")",
            "cat(content(response, 'text', encoding = 'UTF-8'))",
        ]
    )


def _python_part(part: Part) -> str:
    if part.is_file:
        return f"({_python(part.name)}, ({_python(part.text)}, open({_python(part.text)}, 'rb')))"
    return f"({_python(part.name)}, (None, {_python(part.text)}))"


def _python(text: str) -> str:
    return quoted(text, "'", four_or_eight)


def _php(text: str) -> str:
    return _single(text) if is_plain(text) else quoted(text, '"', braced, {"$": "\\$"})


def _ruby(text: str) -> str:
    return _single(text) if is_plain(text) else quoted(text, '"', braced, {"#": "\\#"})


def _single(text: str) -> str:
    """Between single quotes PHP and Ruby read nothing but these two escapes."""
    return "'" + text.replace("\\", "\\\\").replace("'", "\\'") + "'"


def _r(text: str) -> str:
    return quoted(text, "'", four_or_eight)
