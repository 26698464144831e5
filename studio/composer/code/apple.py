"""Swift and Objective-C with URLSession."""

from __future__ import annotations

from studio.composer.code.c import c_literal
from studio.composer.code.literals import braced, quoted
from studio.composer.code.request import KEY, Part, Request


def swift(request: Request) -> str:
    body: list[str] = []
    if request.body is not None:
        body = [f"request.httpBody = Data({_swift(request.body)}.utf8)"]
    elif request.parts is not None:
        pieces = [
            f"try Data(contentsOf: URL(fileURLWithPath: {_swift(p.text)}))"
            if isinstance(p, Part)
            else f"Data({_swift(p)}.utf8)"
            for p in request.pieces
        ]
        body = ["var body = Data()", *(f"body.append({piece})" for piece in pieces), "request.httpBody = body"]
    return "\n".join(
        [
            "import Foundation",
            "#if canImport(FoundationNetworking)",
            "import FoundationNetworking",
            "#endif",
            "",
            f"var request = URLRequest(url: URL(string: {_swift(request.url)})!)",
            f"request.httpMethod = {_swift(request.method)}",
            *(
                f"request.setValue({_swift(value)}, forHTTPHeaderField: {_swift(name)})"
                for name, value in request.all_headers
            ),
            f'let key = ProcessInfo.processInfo.environment["{KEY}"] ?? ""',
            'request.setValue("Bearer " + key, forHTTPHeaderField: "Authorization")',
            *body,
            "let (data, _) = try await URLSession.shared.data(for: request)",
            "print(String(decoding: data, as: UTF8.self))",
        ]
    )


def objective_c(request: Request) -> str:
    pieces: list[str | Part] = [request.body] if request.body is not None else []
    if request.parts is not None:
        pieces = request.pieces
    body = [
        f"    [body appendData:[NSData dataWithContentsOfFile:{_objc(p.text)}]];"
        if isinstance(p, Part)
        else f"    [body appendData:[{_objc(p)} dataUsingEncoding:NSUTF8StringEncoding]];"
        for p in pieces
    ]
    if pieces:
        body = ["    NSMutableData *body = [NSMutableData data];", *body, "    request.HTTPBody = body;"]
    return "\n".join(
        [
            "#import <Foundation/Foundation.h>",
            "",
            "int main(void) {",
            "  @autoreleasepool {",
            f"    NSURL *url = [NSURL URLWithString:{_objc(request.url)}];",
            "    NSMutableURLRequest *request = [NSMutableURLRequest requestWithURL:url];",
            f"    request.HTTPMethod = {_objc(request.method)};",
            *(
                f"    [request setValue:{_objc(value)} forHTTPHeaderField:{_objc(name)}];"
                for name, value in request.all_headers
            ),
            f'    NSString *key = [NSProcessInfo.processInfo.environment objectForKey:@"{KEY}"];',
            '    NSString *bearer = [@"Bearer " stringByAppendingString:key];',
            '    [request setValue:bearer forHTTPHeaderField:@"Authorization"];',
            *body,
            "    dispatch_semaphore_t done = dispatch_semaphore_create(0);",
            "    [[NSURLSession.sharedSession dataTaskWithRequest:request",
            "        completionHandler:^(NSData *data, NSURLResponse *response, NSError *error) {",
            "      fwrite(data.bytes, 1, data.length, stdout);",
            "      dispatch_semaphore_signal(done);",
            "    }] resume];",
            "    dispatch_semaphore_wait(done, DISPATCH_TIME_FOREVER);",
            "  }",
            "}",
        ]
    )


def _swift(text: str) -> str:
    return quoted(text, '"', braced)


def _objc(text: str) -> str:
    """An NSString of UTF-8: what stands in `@"…"` is taken for another encoding by some compilers."""
    return f"@{c_literal(text)}" if text.isascii() and text.isprintable() else f"@({c_literal(text)})"
