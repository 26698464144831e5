"""Java with the client of its own library, and C# with that of .NET."""

from __future__ import annotations

from studio.composer.code.literals import four_or_eight, quoted, utf16
from studio.composer.code.request import KEY, Part, Request

LONGEST = 15_000  # characters of one literal; javac takes 65,535 bytes


def java(request: Request) -> str:
    publisher = "BodyPublishers.noBody()"
    if request.body is not None:
        publisher = f"BodyPublishers.ofString({_java(request.body)})"
    elif request.parts is not None:
        pieces = [
            f"BodyPublishers.ofFile(Path.of({_java(p.text)}))"
            if isinstance(p, Part)
            else f"BodyPublishers.ofString({_java(p)})"
            for p in request.pieces
        ]
        publisher = "BodyPublishers.concat(\n          " + ",\n          ".join(pieces) + ")"
    return "\n".join(
        [
            "import java.net.URI;",
            "import java.net.http.HttpClient;",
            "import java.net.http.HttpRequest;",
            "import java.net.http.HttpRequest.BodyPublishers;",
            "import java.net.http.HttpResponse.BodyHandlers;",
            *(["import java.nio.file.Path;"] if "Path.of" in publisher else []),
            "",
            "public class Call {",
            "  public static void main(String[] args) throws Exception {",
            f"    var request = HttpRequest.newBuilder(URI.create({_java(request.url)}))",
            *(f"        .header({_java(name)}, {_java(value)})" for name, value in request.all_headers),
            f'        .header("Authorization", "Bearer " + System.getenv("{KEY}"))',
            f"        .method({_java(request.method)}, {publisher})",
            "        .build();",
            "    var response = HttpClient.newHttpClient().send(request, BodyHandlers.ofString());",
            "    System.out.println(response.body());",
            "  }",
            "}",
        ]
    )


def csharp(request: Request) -> str:
    content: list[str] = []
    if request.body is not None:
        content = [f"    request.Content = new ByteArrayContent(Encoding.UTF8.GetBytes({_csharp(request.body)}));"]
    elif request.parts is not None:
        pieces = [
            f"File.ReadAllBytes({_csharp(p.text)})" if isinstance(p, Part) else f"Encoding.UTF8.GetBytes({_csharp(p)})"
            for p in request.pieces
        ]
        content = [
            "    var body = new List<byte>();",
            *(f"    body.AddRange({piece});" for piece in pieces),
            "    request.Content = new ByteArrayContent(body.ToArray());",
        ]
    headers = [
        f"    request.{'Content.' if name == 'Content-Type' else ''}Headers.TryAddWithoutValidation("
        f"{_csharp(name)}, {_csharp(value)});"
        for name, value in request.all_headers
    ]
    key = f'"Bearer " + Environment.GetEnvironmentVariable("{KEY}")'
    return "\n".join(
        [
            "using System;",
            "using System.Collections.Generic;",
            "using System.IO;",
            "using System.Net.Http;",
            "using System.Text;",
            "",
            "class Call {",
            "  static void Main() {",
            f"    var request = new HttpRequestMessage(new HttpMethod({_csharp(request.method)}),",
            f"        {_csharp(request.url)});",
            *content,
            *headers,
            f'    request.Headers.TryAddWithoutValidation("Authorization", {key});',
            "    var response = new HttpClient().SendAsync(request).Result;",
            "    Console.WriteLine(response.Content.ReadAsStringAsync().Result);",
            "  }",
            "}",
        ]
    )


def _java(text: str) -> str:
    """`\\u` is read before the literal is, so a control character may not be told that way: those are octal."""
    if len(text) <= LONGEST:
        return quoted(text, '"', lambda c: f"\\{ord(c):03o}" if ord(c) < 256 else utf16(c))
    pieces = [_java(text[at : at + LONGEST]) for at in range(0, len(text), LONGEST)]
    return 'String.join("",\n          ' + ",\n          ".join(pieces) + ")"


def _csharp(text: str) -> str:
    return quoted(text, '"', four_or_eight)
