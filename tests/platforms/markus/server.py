"""A MarkUs server on loopback, as its routes and controllers have it, with faults to order."""

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

from tests.platforms.markus import contract

KEY = "s3cret-key"
LIMIT = 10_000_000
ASSIGNMENT = "/api/courses/7/assignments/3"
GROUPS = f"{ASSIGNMENT}/groups"
OPEN, STAFF = "instructors_and_students", "instructors"


class MarkUsServer(ThreadingHTTPServer):
    """Keeps what it is sent; `faults[method, path]` are answers to give first."""

    daemon_threads = True

    def __init__(self, names):
        super().__init__(("127.0.0.1", 0), Handler)
        self.ids = {name: 100 + i for i, name in enumerate(names)}
        self.results, self.files, self.marks = {}, {}, {}
        self.test_groups = [(11, "grader", OPEN, "Code")]  # id, name, who sees it, criterion
        self.before_2_9 = False
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
        if (method, self.path) == ("GET", f"{ASSIGNMENT}/test_specs"):
            return self._answer(200, self._specs())
        match = re.fullmatch(GROUPS + r"/(\d+)/(\w+)(?:/(\d+))?(?:\.json)?", self.path)
        group = int(match[1]) if match else None
        if group not in self.server.ids.values():
            return self._answer(404, {"description": "No group exists with that id"})
        if (match[2], method) == ("add_test_run", "POST") and not self.server.before_2_9:
            return self._test_run(group, json.loads(body)["test_results"])
        if (match[2], method) == ("update_marks", "PUT"):
            self.server.marks[group] = json.loads(body)
            return self._answer(200)
        if match[2] == "feedback_files":
            return self._feedback(method, group, match[3], body)
        return self._answer(404, {"description": "The requested resource could not be found"})

    def _specs(self):
        keys = ("test_group_id", "name", "display_output", "criterion")
        groups = [{"extra_info": dict(zip(keys, g, strict=True))} for g in self.server.test_groups]
        return {"testers": [{"tester_type": "custom", "test_data": groups}]} if groups else {}

    def _test_run(self, group, results):
        if failures := contract.failures(results):
            return self._answer(422, {"errors": failures})
        known = {id_ for id_, *_ in self.server.test_groups}
        asked = {g["extra_info"]["test_group_id"] for g in results["test_groups"]}
        if not asked <= known:
            return self._answer(500, {"errors": "Failed to process test results"})
        self.server.results.setdefault(group, []).append({"test_results": results})
        return self._answer(201, {"status": "success", "test_run_id": 1})

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
