"""C with libcurl."""

from __future__ import annotations

import re

from studio.composer.code.literals import octal, quoted
from studio.composer.code.request import KEY, Part, Request


def c(request: Request) -> str:
    form = request.parts is not None
    made = ["    curl_mime *form = curl_mime_init(curl);", "    curl_mimepart *part;"] if form else []
    for part in request.parts or ():
        made += [
            "    part = curl_mime_addpart(form);",
            f"    curl_mime_name(part, {c_literal(part.name)});",
            _data(part),
        ]
    if form:
        made.append("    curl_easy_setopt(curl, CURLOPT_MIMEPOST, form);")
    elif request.body is not None:
        made.append(f"    curl_easy_setopt(curl, CURLOPT_POSTFIELDS, {c_literal(request.body)});")
    return "\n".join(
        [
            "#include <curl/curl.h>",
            "#include <stdio.h>",
            "#include <stdlib.h>",
            "",
            "int main(void) {",
            f'  const char *key = getenv("{KEY}");',
            "  char authorization[4096];",
            '  snprintf(authorization, sizeof authorization, "Authorization: Bearer %s", key ? key : "");',
            "",
            "  CURL *curl = curl_easy_init();",
            "  if (curl) {",
            "    struct curl_slist *headers = curl_slist_append(NULL, authorization);",
            *(
                f"    headers = curl_slist_append(headers, {c_literal(f'{name}: {value}')});"
                for name, value in request.plain_headers
            ),
            f"    curl_easy_setopt(curl, CURLOPT_URL, {c_literal(request.url)});",
            "    curl_easy_setopt(curl, CURLOPT_HTTPHEADER, headers);",
            *made,
            f"    curl_easy_setopt(curl, CURLOPT_CUSTOMREQUEST, {c_literal(request.method)});",
            "    curl_easy_perform(curl);",
            *(["    curl_mime_free(form);"] if form else []),
            "    curl_slist_free_all(headers);",
            "    curl_easy_cleanup(curl);",
            "  }",
            "  return 0;",
            "}",
        ]
    )


def c_literal(text: str) -> str:
    """Two question marks may begin a trigraph, so each that follows one is escaped."""
    return re.sub(r"(?<=\?)\?", r"\\?", quoted(text, '"', octal))


def _data(part: Part) -> str:
    if part.is_file:
        return f"    curl_mime_filedata(part, {c_literal(part.text)});"
    return f"    curl_mime_data(part, {c_literal(part.text)}, CURL_ZERO_TERMINATED);"
