# A schedule -> a station in a folder of its own, its scheduler, ways to kill it, and what its journal says. Used by the crash tests.
#
# FATMASTER names the built program. Every wait is for a condition and bounded.
import http.client
import json
import os
import pathlib
import shutil
import signal
import socket
import sqlite3
import subprocess
import tempfile
import time

PROGRAM = os.environ.get("FATMASTER", "")
BOUND = 30  # seconds; reached only when something hangs
LOOK_AGAIN = 0.01  # seconds between two looks at a condition that cannot be waited for otherwise
SCHEDULE = "schedule.ini"
CONSTANTS = "[constants]\nrun_file = runs/run/run_00001.json\n"


def wait_until(condition, seconds=BOUND, what=""):
    """The condition's first true value. AssertionError when it does not come."""
    deadline = time.monotonic() + seconds
    while True:
        value = condition()
        if value:
            return value
        if time.monotonic() > deadline:
            raise AssertionError(f"did not happen within {seconds} s: {what() if callable(what) else what or condition}")
        time.sleep(LOOK_AGAIN)


def is_alive(pid):
    """Any of its threads: a killed process may be a zombie already while one of them still holds its files and locks."""
    try:
        threads = os.listdir(f"/proc/{pid}/task")
    except OSError:
        return False
    return any(is_thread_alive(pid, thread) for thread in threads)


def is_thread_alive(pid, thread):
    try:
        stat = pathlib.Path(f"/proc/{pid}/task/{thread}/stat").read_text()
    except OSError:
        return False
    return stat.rpartition(")")[2].split()[0] not in "ZX"


def send(pid, number):
    try:
        os.kill(pid, number)
    except ProcessLookupError:
        pass


class SocketConnection(http.client.HTTPConnection):
    def __init__(self, path):
        super().__init__("localhost", timeout=10)
        self.path = str(path)

    def connect(self):
        self.sock = socket.socket(socket.AF_UNIX)
        self.sock.settimeout(10)
        self.sock.connect(self.path)


class Event:
    """One row of the journal."""

    def __init__(self, row):
        self.id, self.boot_us, self.who, self.kind, text = row
        self.body = json.loads(text)

    @property
    def key(self):
        key = self.body.get("key", {})
        return key.get("title"), key.get("attempt")

    def __repr__(self):
        return f"{self.id} {self.kind} {self.body}"


class Station:
    """A folder with a schedule and a run JSON. `close` ends all processes that work in it."""

    def __init__(self, sections, modules=()):
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="fat_crash_"))
        self.process = None
        (self.folder / "runs/run").mkdir(parents=True)
        (self.folder / "runs/run_00001").mkdir()
        (self.folder / "station.ini").write_text("")
        run = {}
        for module in modules:
            path = self.folder / f"runs/run_00001/{module['DEggSerialNumber']}.json"
            path.write_text(json.dumps(module, indent=4))
            run[module["DEggSerialNumber"]] = str(path)
        self.run_json = self.folder / "runs/run/run_00001.json"
        self.run_json.write_text(json.dumps({**run, "comment": "crash test", "date": "2026-11-20"}, indent=4))
        (self.folder / SCHEDULE).write_text(sections)
        self.trace = self.folder / "trace"
        self.trace.touch()

    # -- the scheduler

    def start(self, *words):
        """`run` or `resume` with its supervisor, without a terminal."""
        with open(self.folder / "terminal.log", "ab") as log:
            self.process = subprocess.Popen(
                [PROGRAM, *words], cwd=self.folder, stdin=subprocess.DEVNULL, stdout=log, stderr=log, start_new_session=True
            )
        return self.process

    def run(self, *words):
        return self.start("run", SCHEDULE, *words)

    def resume(self, *words):
        """Whatever a person would type after a crash."""
        return self.start("resume", *words) if self.events() else self.run()

    def tell(self, *words):
        """A command that ends at once, from another terminal."""
        return subprocess.run([PROGRAM, *words], cwd=self.folder, stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=BOUND)

    def ask(self, method, path, body=None):
        """The control socket's answer; None when nobody listens."""
        connection = SocketConnection(self.folder / "fatmaster.sock")
        try:
            connection.request(method, path, None if body is None else json.dumps(body))
            return json.loads(connection.getresponse().read())
        except (OSError, http.client.HTTPException):
            return None
        finally:
            connection.close()

    def status(self):
        return self.ask("GET", "/v1/status")

    def wait_for_status(self, *words):
        def reached():
            if self.process.poll() is not None:
                raise AssertionError(f"the scheduler ended with {self.process.returncode}\n{self.terminal()}")
            status = self.status()
            return status if status and status["status"] in words else None

        return wait_until(reached, what=f"status {words}")

    def let_it_run(self):
        """For a moment, or until the supervisor has ended."""
        try:
            self.process.wait(timeout=LOOK_AGAIN)
        except subprocess.TimeoutExpired:
            pass

    def wait_for_end(self):
        try:
            return self.process.wait(timeout=BOUND)
        except subprocess.TimeoutExpired:
            raise AssertionError(f"the scheduler goes on: {self.status()}\n{self.terminal()}") from None

    def engine(self):
        """Process id of the supervisor's child; None when there is none now."""
        return next(filter(is_alive, self.children()), None)

    def children(self):
        """Of the supervisor."""
        try:
            return [int(child) for child in pathlib.Path(f"/proc/{self.process.pid}/task/{self.process.pid}/children").read_text().split()]
        except OSError:
            return []

    # -- ways to kill it

    def kill_engine(self):
        """Only the engine. True when there was one."""
        engine = self.engine()
        if engine is None:
            return False
        send(engine, signal.SIGKILL)
        return True

    def kill_scheduler(self):
        """Supervisor and engine; steps go on under their shims. Returns when both are gone, and their locks with them."""
        send(self.process.pid, signal.SIGSTOP)
        children = self.children()  # a dying one has no command line by which `engines` would know it
        send(self.process.pid, signal.SIGKILL)
        self.process.wait(timeout=BOUND)
        wait_until(lambda: not self.engines() and not any(map(is_alive, children)), what="the end of the engine")

    def cut_power(self):
        """Everything of the station at one moment."""
        stopped = set()
        while True:
            found = set(self.processes())
            if found <= stopped:
                break
            for pid in found - stopped:
                send(pid, signal.SIGSTOP)
            stopped |= found
        for pid in stopped:
            send(pid, signal.SIGKILL)
        self.process.wait(timeout=BOUND)
        wait_until(lambda: not self.processes(), what="the end of all processes")

    def engines(self):
        """More than one only for the moment in which an old one dies."""
        found = []
        for pid in self.processes():
            try:
                words = pathlib.Path(f"/proc/{pid}/cmdline").read_bytes().split(b"\0")
            except OSError:
                continue
            if words[0] == PROGRAM.encode() and b"--engine" in words:
                found.append(pid)
        return found

    def processes(self):
        """All that work in the station's folder."""
        found = []
        for entry in os.listdir("/proc"):
            if not entry.isdigit():
                continue
            try:
                where = os.readlink(f"/proc/{entry}/cwd")
            except OSError:
                continue
            if where.startswith(str(self.folder)) and is_alive(int(entry)):
                found.append(int(entry))
        return found

    def close(self):
        for pid in self.processes():
            send(pid, signal.SIGKILL)
        if self.process is not None:
            self.process.wait(timeout=BOUND)
        wait_until(lambda: not self.processes(), what="the end of all processes")
        shutil.rmtree(self.folder)

    # -- what is known

    def events(self, kind=None):
        """The journal's rows in order; none when there is no journal yet."""
        file = self.folder / "fatmaster.db"
        if not file.exists():
            return []
        try:
            journal = sqlite3.connect(f"file:{file}?mode=ro", uri=True, timeout=10)
            try:
                rows = journal.execute("SELECT id, boot_us, who, kind, body FROM events ORDER BY id").fetchall()
            finally:
                journal.close()
        except sqlite3.OperationalError as error:  # killed while it was made: no tables yet, or a rollback that is not for readers
            if any(words in str(error) for words in ("no such table", "unable to open", "readonly database")):
                return []
            raise
        return [event for event in map(Event, rows) if kind is None or event.kind == kind]

    def wait_for_event(self, kind, title=None, after=0, **fields):
        """The first such event behind number `after`."""

        def happened():
            for event in self.events(kind):
                said = {name: event.body.get(name) for name in fields}
                if event.id > after and title in (None, event.key[0]) and said == fields:
                    return event
            return None

        return wait_until(happened, what=lambda: f"{kind} {title or ''} {fields or ''}\n{self.terminal()}")

    def last_event(self):
        events = self.events()
        return events[-1].id if events else 0

    def open_attempts(self):
        """Keys of started attempts of processes that have not ended, and their index."""
        attempts = {}
        for event in self.events():
            if event.kind == "attempt_started" and event.body.get("kind") not in ("wait", "prompt"):
                attempts[event.key] = event.body["index"]
            if event.kind == "attempt_ended":
                attempts.pop(event.key, None)
        return attempts

    def attempt_folder(self, key, index):
        return self.folder / f"runs/run_00001/steps/{index:04}_{key[0]}/attempt_{key[1]}"

    def lines(self):
        return self.trace.read_text().splitlines()

    def wait_for_line(self, line, count=1):
        wait_until(lambda: self.lines().count(line) >= count, what=lambda: f"'{line}' in the trace\n{self.terminal()}")

    def note(self, line):
        with open(self.trace, "a", encoding="utf-8") as trace:
            trace.write(line + "\n")

    def view(self):
        return json.loads(self.run_json.read_text())

    def terminal(self):
        return (self.folder / "terminal.log").read_text(errors="replace") if (self.folder / "terminal.log").exists() else ""
