"""A MarkUs server on loopback, as far as the API is documented, with faults to order."""

from __future__ import annotations

import contextlib
import json
import re
import threading
import time
from collections import Counter
from email.message import Message
from email.parser import BytesParser
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

KEY = "s3cret-key"
LIMIT = 10_000_000
GROUPS = "/api/courses/7/assignments/3/groups"


class MarkUsServer(ThreadingHTTPServer):
    """Keeps what it is sent; `faults[method, path]` are answers to give first."""

    daemon_threads = True

    def __init__(self, names):
        super().__init__(("127.0.0.1", 0), Handler)
        self.ids = {name: 100 + i for i, name in enumerate(names)}
        self.results, self.files = {}, {}
        self.faults, self.calls = {}, Counter()
        self.slow = 0.0

    @property
    def url(self):
        return f"http://127.0.0.1:{self.server_address[1]}"

    def fail(self, path, *answers, method="POST"):
        self.faults[method, GROUPS + path] = list(answers)

    def handle_error(self, request, client_address):
        pass  # a client that did not wait


class Handler(BaseHTTPRequestHandler):
    def log_message(self, *arguments):
        pass

    def _answer(self, code, value=None, **headers):
        data = json.dumps(value if value is not None else {"code": code}).encode()
        self.send_response(code)
        for name, text in headers.items():
            self.send_header(name.replace("_", "-"), text)
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    def _serve(self, method):
        server, body = self.server, self.rfile.read(int(self.headers.get("Content-Length") or 0))
        server.calls[method, self.path] += 1
        if self.headers.get("Authorization") != f"MarkUsAuth {KEY}":
            return self._answer(401, {"description": "HTTP Auth: please provide a valid key"})
        faults = server.faults.get((method, self.path), [])
        if faults:
            fault = faults.pop(0)
            if fault == "slow":
                time.sleep(server.slow)
            elif fault == "hang up":
                return self.connection.close()
            elif isinstance(fault, tuple):
                return self._answer(fault[0], **fault[1])
            else:
                return self._answer(fault, {"description": f"fault {fault}"})
        if len(body) > LIMIT:
            return self._answer(413)
        return self._route(method, body)

    def _route(self, method, body):
        if (method, self.path) == ("GET", GROUPS + ".json"):
            groups = [{"id": i, "group_name": n} for n, i in self.server.ids.items()]
            return self._answer(200, groups)
        match = re.fullmatch(GROUPS + r"/(\d+)/(\w+)(?:/(\d+))?(?:\.json)?", self.path)
        group = int(match[1]) if match else None
        if group not in self.server.ids.values():
            return self._answer(404, {"description": "No group exists with that id"})
        if match[2] == "add_test_results" and method == "POST":
            self.server.results.setdefault(group, []).append(json.loads(body))
            return self._answer(200)
        return self._feedback(method, group, match[3], body)

    def _feedback(self, method, group, file, body):
        files = self.server.files.setdefault(group, {})
        if method == "GET":
            return self._answer(200, [{"id": i, "filename": n} for i, n in enumerate(files)])
        fields = self._form(body)
        name = fields["filename"].decode()
        if method == "POST" and name in files:
            return self._answer(409, {"description": "A file with that name already exists"})
        if method == "PUT" and list(files)[int(file)] != name:
            return self._answer(404)
        files[name] = (fields["mime_type"].decode(), fields["file_content"])
        return self._answer(201)

    def _form(self, body):
        head = f"Content-Type: {self.headers['Content-Type']}\r\n\r\n".encode()
        parsed: Message = BytesParser().parsebytes(head + body)
        return {
            part.get_param("name", header="content-disposition"): part.get_payload(decode=True)
            for part in parsed.get_payload()
        }

    def do_GET(self):
        self._serve("GET")

    def do_POST(self):
        self._serve("POST")

    def do_PUT(self):
        self._serve("PUT")


@contextlib.contextmanager
def serving(*names):
    server = MarkUsServer(names)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield server
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
