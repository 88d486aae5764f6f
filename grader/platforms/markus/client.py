"""MarkUs's REST interface: the few calls that results need, patient with a busy server.

The key travels in a header to the one address that was given: redirects are not followed, and
plain http is refused but on this machine.
"""

from __future__ import annotations

import http.client
import ipaddress
import json
import secrets
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from email.utils import parsedate_to_datetime
from typing import Any
from urllib.parse import urlsplit

from grader.basics.exits import BadInput, shown

BUSY = (408, 429, 500, 502, 503, 504)  # worth another try
LONGEST = 64 << 20  # bytes of an answer
TOLD = 200  # characters of an answer's reason
LONGEST_WAIT = 120.0  # seconds, whatever the server asks for


class Refused(Exception):
    """The server said no, or gave no usable answer; the message is one line."""

    def __init__(self, code: int, reason: str, after: float = 0.0) -> None:
        super().__init__(reason)
        self.code = code  # 0: no answer at all
        self.after = after  # seconds that the server asks to wait


@dataclass(frozen=True)
class TestGroup:
    """A test group as MarkUs has it: who sees its output, and which criterion it marks."""

    __test__ = False  # no test of pytest's

    id: int
    name: str
    display_output: str
    criterion: str | None


@dataclass(frozen=True)
class Patience:
    """How long one answer may take, and how often and after which waits a call is tried again."""

    timeout: float = 120.0
    attempts: int = 5
    first_wait: float = 1.0
    sleep: Callable[[float], None] = time.sleep


class _Stay(urllib.request.HTTPRedirectHandler):
    """Follows no redirect: the key must not travel to another address."""

    def redirect_request(self, *_args: Any, **_kwargs: Any) -> None:
        return None


class MarkUs:
    """One assignment of one course on a MarkUs server."""

    def __init__(
        self, url: str, key: str, course: int, assignment: int, patience: Patience | None = None
    ) -> None:
        self.base = f"{address(url)}/api/courses/{course}/assignments/{assignment}"
        self.patience = patience or Patience()
        self._key = key
        self._opener = urllib.request.build_opener(_Stay)

    def groups(self) -> dict[str, int]:
        """Return the id of each group by its name. Raises Refused."""
        rows = self._call("GET", "/groups.json")
        try:
            return {str(row["group_name"]): int(row["id"]) for row in rows}
        except (KeyError, TypeError, ValueError):
            raise Refused(0, f"{self.base}/groups.json is no list of groups; check --url") from None

    def test_groups(self) -> list[TestGroup]:
        """Return the test groups of the assignment's automated testing. Raises Refused."""
        specs = self._call("GET", "/test_specs")
        try:
            found = [_test_group(d) for t in specs.get("testers") or () for d in t["test_data"]]
        except (AttributeError, KeyError, TypeError, ValueError):
            reason = f"{self.base}/test_specs is no test specification; check --url"
            raise Refused(0, reason) from None
        return found

    def add_test_run(self, group: int, body: Mapping[str, Any]) -> None:
        """Send the results of one group, as a test run (MarkUs 2.9). Raises Refused."""
        self._call("POST", f"/groups/{group}/add_test_run", json.dumps(body).encode())

    def update_marks(self, group: int, marks: Mapping[str, float]) -> None:
        """Set marks of one group, by criterion. Raises Refused."""
        self._call("PUT", f"/groups/{group}/update_marks", json.dumps(marks).encode())

    def put_feedback(self, group: int, name: str, kind: str, data: bytes) -> None:
        """Send a feedback file of one group, in place of one of the same name. Raises Refused."""
        files = f"/groups/{group}/feedback_files"
        fields = {"filename": name, "mime_type": kind}
        try:
            self._call("POST", files, *_form(fields, data))
        except Refused as refused:
            if refused.code != http.client.CONFLICT:
                raise
            there = self._call("GET", f"{files}.json")
            old = next((row["id"] for row in there if row.get("filename") == name), None)
            if old is None:
                raise
            self._call("PUT", f"{files}/{old}", *_form(fields, data))

    def _call(
        self, method: str, path: str, data: bytes | None = None, kind: str = "application/json"
    ) -> Any:
        """Return the answer as JSON; what may pass is tried again, after ever longer waits."""
        wait = self.patience.first_wait
        for left in reversed(range(self.patience.attempts)):
            try:
                return self._once(method, path, data, kind)
            except Refused as refused:
                asked = refused.after
                if not left or refused.code not in (0, *BUSY):
                    raise
            self.patience.sleep(min(LONGEST_WAIT, max(wait, asked)))
            wait *= 2
        raise AssertionError("attempts is at least 1")

    def _once(self, method: str, path: str, data: bytes | None, kind: str) -> Any:
        request = urllib.request.Request(  # noqa: S310 - http and https only, see `address`
            self.base + path,
            data,
            {
                "Authorization": f"MarkUsAuth {self._key}",
                "Accept": "application/json",
                **({"Content-Type": kind} if data is not None else {}),
            },
            method=method,
        )
        try:
            with self._opener.open(request, timeout=self.patience.timeout) as answer:
                return _json(answer.read(LONGEST))
        except urllib.error.HTTPError as error:
            with error:
                raise _refused(error) from None
        except (urllib.error.URLError, http.client.HTTPException, OSError) as error:
            reason = getattr(error, "reason", None) or str(error) or type(error).__name__
            raise Refused(0, f"no answer from {self.base}: {shown(reason)}") from None


def address(url: str) -> str:
    """Return a server's address without a slash at its end.

    Raises:
        BadInput: it is none, or the key would travel in the clear.
    """
    parts = urlsplit(url)
    if parts.scheme not in ("http", "https") or not parts.hostname or parts.username:
        raise BadInput(f"--url {shown(url)}: give an address such as https://markus.example.edu")
    if parts.scheme == "http" and not _here(parts.hostname):
        raise BadInput(f"--url {shown(url)}: the key would travel in the clear; use https")
    return url.rstrip("/")


def _here(host: str) -> bool:
    try:
        return host == "localhost" or ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def _json(data: bytes) -> Any:
    try:
        return json.loads(data or b"null")
    except ValueError:
        return None  # MarkUs answers some calls with a page


def _refused(error: urllib.error.HTTPError) -> Refused:
    said = error.read(LONGEST)
    found = _json(said)
    reason = None
    if isinstance(found, dict):
        reason = found.get("description") or found.get("errors")
    reason = reason or said.decode("utf-8", "replace") or str(error.reason)
    if 300 <= error.code < 400:
        reason = f"it redirects to {error.headers.get('Location')}; give that address with --url"
    line = f"{error.code}: {shown(' '.join(str(reason).split()))[:TOLD]}"
    return Refused(error.code, line, _seconds(error.headers.get("Retry-After")))


def _seconds(text: str | None) -> float:
    """Return how long a server asks to wait: seconds, or a date."""
    if not text:
        return 0.0
    if text.strip().isdigit():
        return float(text)
    try:
        return max(0.0, parsedate_to_datetime(text).timestamp() - time.time())
    except (ValueError, TypeError):
        return 0.0


def _test_group(data: Mapping[str, Any]) -> TestGroup:
    info = data["extra_info"]
    return TestGroup(
        int(info["test_group_id"]),
        str(info["name"]),
        str(info["display_output"]),
        info.get("criterion"),
    )


def _form(fields: Mapping[str, str], content: bytes) -> tuple[bytes, str]:
    """Return a multipart form with the file `file_content`, and its content type."""
    mark = secrets.token_hex(16)
    head = b"".join(
        f'--{mark}\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'.encode()
        for name, value in fields.items()
    )
    file = (
        f'--{mark}\r\nContent-Disposition: form-data; name="file_content"; '
        f'filename="{fields["filename"]}"\r\nContent-Type: {fields["mime_type"]}\r\n\r\n'
    ).encode()
    return head + file + content + f"\r\n--{mark}--\r\n".encode(), (
        f"multipart/form-data; boundary={mark}"
    )
