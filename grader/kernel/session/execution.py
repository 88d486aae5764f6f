"""Runs a notebook through nbconvert's ExecutePreprocessor and keeps the kernel for requests.

A cell that fails costs that cell. One that hangs is interrupted; one that kills the kernel, or
does not let itself be interrupted, costs the kernel: a fresh one is started, the cells that
had ended are run again, and the notebook goes on behind the cell that did it.
"""

from __future__ import annotations

import asyncio
import contextlib
import math
import secrets
import time
from collections.abc import Callable, Iterator
from queue import Empty
from typing import Any

import nbformat
from jupyter_core.utils import ensure_async, run_sync
from nbclient.exceptions import CellExecutionError, CellTimeoutError, DeadKernelError
from nbconvert.preprocessors import ExecutePreprocessor

from grader.basics.files import Refused
from grader.kernel import sandbox
from grader.kernel.session import endings, exchange, flood, trial
from grader.kernel.session.connection import BoundedClient
from grader.kernel.session.deadlines import Deadlines
from grader.kernel.session.endings import OutOfTime, Progress
from grader.model import CellRun, ExecutedNotebook, Outcome, Reply, Request, StudentError

DYING = 1.0  # seconds
# Seconds for a kernel to start, then for another: one in two hundred starts and never answers.
STARTS = (60, 120)
SERVE = "__import__('agent.bridge').bridge.serve({nonce!r})"


class NotebookRunner(ExecutePreprocessor):
    """Executes one notebook in one sandboxed kernel, then lets that kernel answer requests."""

    def __init__(
        self, isolation: str, settings: sandbox.SandboxSettings, deadlines: Deadlines
    ) -> None:
        super().__init__(  # type: ignore[no-untyped-call]
            kernel_name="grader",  # never the one that the notebook's metadata names
            force_raise_errors=True,
            interrupt_on_timeout=False,
            shutdown_kernel="immediate",
            store_widget_state=False,
            record_timing=False,
        )
        self.log.disabled = True  # nbclient reports dead kernels on stderr; the report says it
        self.isolation, self.settings, self.deadlines = isolation, settings, deadlines
        self._limit = deadlines.cell
        self._meter, self._flooding = flood.Meter(), False
        self.timeout_func = lambda _: math.ceil(max(1, min(self._limit, self._left())))
        self._end = 0.0
        self._progress = Progress()
        self._allowance = exchange.Allowance()

    def create_kernel_manager(self) -> Any:
        """Return a manager that starts the kernel in the sandbox, whatever the notebook says."""
        self.km = sandbox.kernel_manager(self.isolation, self.settings)
        return self.km

    @contextlib.contextmanager
    def opened(self, notebook: Any) -> Iterator[NotebookRunner]:
        """Start the kernel for `notebook`; it is gone, with all its children, afterwards."""
        from nbclient import NotebookClient

        NotebookClient.__init__(self, notebook)
        self.reset_execution_trackers()
        self.resources = {"metadata": {}}
        self._end = time.monotonic() + self.deadlines.submission
        with contextlib.ExitStack() as stack:

            def begin() -> bool:
                self.km = self.kc = None
                stack.enter_context(self.setup_kernel())
                return True

            self._started(begin)
            yield self

    def _started(self, begin: Callable[[], bool]) -> bool:
        """Return what `begin`, which starts a kernel, returns. Raises SandboxError."""
        for self.startup_timeout in STARTS:
            try:
                return begin()
            except RuntimeError as error:
                failure = error
                sandbox.start_anew()
        raise endings.not_started(failure) from failure

    def run_cells(self, tell: Callable[[int, int], None] = lambda *_: None) -> None:
        """Run every code cell once, in order. Never raises for what a cell does."""
        total = len(self.nb.cells)
        for index, cell in enumerate(self.nb.cells):
            if cell.cell_type == "code":
                cell.outputs, cell.execution_count = [], None
                if cell.source.strip():
                    self._progress.runs.append(self._run_cell(index, cell))
            tell(index + 1, total)

    def process_message(self, msg: Any, cell: Any, cell_index: int) -> Any:
        """Keep what a cell prints within bounds; a cell that floods is killed."""
        wanted = self._meter.keeps(msg)
        if self._meter.flooded and not self._flooding:
            self._flooding = True
            manager, _ = self._kernel()
            self._killing = asyncio.ensure_future(ensure_async(manager.shutdown_kernel(now=True)))
        if wanted or msg["msg_type"] == "status":
            return super().process_message(msg, cell, cell_index)
        return None

    def _update_display_id(self, display_id: str, msg: Any) -> None:
        """Change what was shown under an id, unless it has been cleared or cut since."""
        with contextlib.suppress(IndexError, KeyError):
            super()._update_display_id(display_id, msg)

    @contextlib.contextmanager
    def _aside(self, cell: Any) -> Iterator[None]:
        """Keep a cell that is not the student's out of the notebook: nbclient files what it ran."""
        shown, self.nb = self.nb, nbformat.v4.new_notebook(cells=[cell])
        try:
            yield
        finally:
            self.nb = shown

    def _connect_again(self) -> None:
        """Take fresh sockets: what zmq dropped may not come back in time for the next cell."""
        _, client = self._kernel()
        client.stop_channels()
        self.kc = None
        try:
            self.start_new_kernel_client()
        except RuntimeError:  # it died behind the cell
            self._restart()

    def _dropped(self, channel: str) -> bool:
        return isinstance(self.kc, BoundedClient) and self.kc.dropped(channel)

    async def _async_check_alive(self) -> None:
        """Raise DeadKernelError also when the kernel's answer was too large to be received."""
        await super()._async_check_alive()
        if self._dropped("shell"):
            await asyncio.sleep(DYING)  # a kernel that dies drops its connections a little earlier
            await super()._async_check_alive()
            self._flooding = True
            raise DeadKernelError("answer too large")

    def _run_cell(self, index: int, cell: Any) -> CellRun:
        started = time.monotonic()
        try:
            outcome, error = self._execute(cell, index, self.deadlines.cell)
            if endings.unexplained(outcome, error) and not self._progress.lost:
                cell.outputs = []
                outcome, error = self._execute(cell, index, self.deadlines.cell)
        except OutOfTime as stop:
            return CellRun(index, Outcome.SKIPPED, 0.0, stop.error)
        if outcome in (Outcome.OK, Outcome.RAISED):  # what raised has defined the rest of its cell
            self._progress.good.append(cell)
        left_out = endings.left_out(cell.outputs) if outcome is Outcome.RAISED else ()
        return CellRun(index, outcome, time.monotonic() - started, error, left_out)

    def _execute(
        self, cell: Any, index: int, limit: float, store_history: bool = True
    ) -> tuple[Outcome, StudentError | None]:
        """Run one cell and say how it ended; the kernel is usable afterwards. Raises OutOfTime."""
        if self._progress.lost or self._left() <= 0:
            raise OutOfTime(endings.why_stopped(self.deadlines, lost=self._progress.lost))
        self._limit = limit
        self._meter, self._flooding = flood.Meter(self._meter), False
        try:
            self.execute_cell(cell, index, store_history=store_history)
        except CellExecutionError as error:
            shown = (error.ename, error.evalue, error.traceback)
            return Outcome.RAISED, endings.student_error(*shown)
        except CellTimeoutError:
            self._interrupt()
            return Outcome.TIMED_OUT, StudentError("Timeout", f"still running after {limit:.0f} s")
        except DeadKernelError:
            flooded = self._flooding or getattr(self.kc, "flooded", False)
            cause = endings.cause_of_death(self.km, flooded=flooded)
            self._restart()
            return Outcome.DIED, cause
        finally:
            self._mark_cut(cell)
        return Outcome.OK, None

    def _mark_cut(self, cell: Any) -> None:
        """Say in the notebook itself where output was cut."""
        dropped = not self._progress.lost and self._dropped("iopub")
        if dropped:
            self._connect_again()
        if self._meter.cut or dropped or self._flooding:
            mark = nbformat.v4.new_output("stream", name="stderr", text=flood.CUT)
            cell.outputs = [*cell.get("outputs", []), mark]

    def _left(self) -> float:
        return self._end - time.monotonic()

    def _interrupt(self) -> None:
        """Stop what runs; if the kernel does not answer in time, take a fresh one."""
        if not run_sync(self._settles)():
            self._restart()

    async def _settles(self) -> bool:
        """Interrupt the kernel and return whether it answers within the grace."""
        manager, client = self._kernel()
        await ensure_async(manager.interrupt_kernel())
        end = time.monotonic() + self.deadlines.grace
        message = await ensure_async(client.kernel_info())
        while time.monotonic() < end:
            with contextlib.suppress(Empty):
                reply = await ensure_async(client.shell_channel.get_msg(timeout=0.2))
                if reply["parent_header"].get("msg_id") == message:
                    return True
        return False

    def _kernel(self) -> tuple[Any, Any]:
        return self.km, self.kc

    def _restart(self) -> None:
        """Replace the kernel and run again the cells that had ended."""
        self._progress.restarts += 1
        if self._progress.restarts > self.deadlines.restarts:
            self._progress.lost = True
            return
        if self.km is not None:
            self._cleanup_kernel()
        if self._started(self._start_another):
            for cell in self._progress.good:
                self._repeat(nbformat.v4.new_code_cell(cell.source))

    def _start_another(self) -> bool:
        """Start a kernel; return whether what the notebook left on disk lets it live."""
        self.km, self.kc = self.create_kernel_manager(), None
        provisioner: Any = self.km.provisioner
        try:
            self.start_new_kernel()
            self.start_new_kernel_client()
        except RuntimeError:
            self.km = self.create_kernel_manager()  # nbclient wants one to clean up
            last = self.startup_timeout == STARTS[-1]
            if not trial.blames(self, provisioner.killed_for, last=last):
                raise
            self._progress.lost = True
            return False
        return True

    def _repeat(self, cell: Any) -> None:
        """Run again a cell that had ended; one that now ends the kernel costs the rest."""
        if self._progress.lost or self._left() <= 0:
            return
        self._limit = self.deadlines.cell
        self._meter, self._flooding = flood.Meter(self._meter), False
        try:
            with contextlib.suppress(CellExecutionError), self._aside(cell):
                self.execute_cell(cell, 0, store_history=True)
        except (CellTimeoutError, DeadKernelError):
            self._progress.lost = True

    def ask(self, request: Request) -> Reply:
        """Return the kernel's answer to `request`; its outcome says if none came."""
        reply = self._ask(request)
        again = endings.unexplained(reply.outcome, reply.error) and not self._progress.lost
        return self._ask(request) if again else reply

    def _ask(self, request: Request) -> Reply:
        nonce = secrets.token_hex(16)
        folder = self.settings.exchange
        started = time.monotonic()
        try:
            exchange.put(folder, nonce, request)
            cell = nbformat.v4.new_code_cell(SERVE.format(nonce=nonce))
            with self._aside(cell):
                limit = self.deadlines.request
                outcome, error = self._execute(cell, 0, limit, store_history=False)
            if outcome is not Outcome.OK:
                return Reply(request.id, outcome, error=error)
            return exchange.take(folder, nonce, request, self._allowance, started)
        except OutOfTime as stop:
            return Reply(request.id, Outcome.SKIPPED, error=stop.error)
        except Refused as refused:
            return Reply(request.id, Outcome.REFUSED, error=StudentError("Refused", str(refused)))
        finally:
            exchange.clear(folder, nonce)

    def executed(self, transforms: tuple[str, ...] = ()) -> ExecutedNotebook:
        """Return how the cells ran."""
        progress = self._progress
        return ExecutedNotebook(
            self.isolation,
            tuple(progress.runs),
            progress.restarts,
            transforms,
            tuple(progress.notes),
        )
