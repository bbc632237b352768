# A station whose scheduler runs under fat_call_tracer: every system call listed, or one of them made to kill or to fail. Answers every
# question the run asks, as a person would who knows what the steps left behind.
#
# FATMASTER_TRACER names the built tracer; tests/crash/station.py says what else.
import fcntl
import json
import os
import pathlib
import re
import subprocess
import sys
import time
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "crash"))
import station  # noqa: E402

TRACER = os.environ.get("FATMASTER_TRACER", "")
BOUND = 12  # seconds for one life of a scheduler
PATIENCE = 0.3  # seconds
WAITS = re.compile(rb"answer with: fatmaster answer.*\n|PAUSED: asked for.*\n")
STEP = """exec 9> bench
flock -n 9 || echo "two $FATMASTER_STEP_TITLE $FATMASTER_ATTEMPT" >> trace
echo "start $FATMASTER_STEP_TITLE $FATMASTER_ATTEMPT" >> trace
{body}
echo "end $FATMASTER_STEP_TITLE $FATMASTER_ATTEMPT {code}" >> trace
exit {code}
"""


class Broken(AssertionError):
    """A promise that was not kept."""


def skip_unless_it_can_trace():
    """For setUpClass; the reason is printed."""
    reason = "" if TRACER else "FATMASTER_TRACER is not set"
    if TRACER:
        told = subprocess.run([TRACER, "--", "true"], capture_output=True, text=True, timeout=station.BOUND)
        reason = f"ptrace does not work here: {told.stderr.strip()}" if told.returncode else ""
    if reason:
        print(f"skipped: {reason}")
        raise unittest.SkipTest(reason)


class TracedStation(station.Station):
    """`trace` lists what happened to the bench: the steps' own lines, and the answers given."""

    def __init__(self, scenario, tracing=()):
        super().__init__(station.CONSTANTS + scenario.sections)
        self.scenario = scenario
        self.tracing = list(tracing)
        self.seen = 0  # bytes of the terminal that were looked through
        self.codes = []
        self.steps_may_die = False  # somebody ends them on the way
        (self.folder / "station.ini").write_text(scenario.station_ini)
        for name in scenario.folders:
            (self.folder / name).mkdir()
        for name, text in scenario.files.items():
            (self.folder / name).write_text(text)

    def start(self, *words):
        """The first scheduler is traced, the ones after it are not."""
        tracing, self.tracing = self.tracing, []
        before = [TRACER, *tracing, "--"] if tracing else []
        environment = {**os.environ, "FATMASTER": station.PROGRAM}
        with open(self.folder / "terminal.log", "ab") as log:
            self.process = subprocess.Popen(
                [*before, station.PROGRAM, *words], cwd=self.folder, stdin=subprocess.DEVNULL, stdout=log, stderr=log,
                start_new_session=True, env=environment,
            )
        return self.process

    # -- a person at the terminal

    def play(self):
        """Answers until the scheduler has ended; its exit code."""
        began = self.looked = time.monotonic()
        while True:
            try:
                self.codes.append(self.process.wait(timeout=0.005))
                return self.codes[-1]
            except subprocess.TimeoutExpired:
                pass
            if time.monotonic() - began > BOUND:
                raise Broken(f"the scheduler goes on after {BOUND} s: {self.status()}")
            self.look()

    def look(self):
        """The socket is asked only when the terminal says so, or nothing for a while: asking makes the engine make calls of its own."""
        with open(self.folder / "terminal.log", "rb") as log:
            log.seek(self.seen)
            new = log.read()
        now = time.monotonic()
        if WAITS.search(new) or now - self.looked > PATIENCE:
            self.looked = now
            self.do_what_is_asked()
        self.looked = now if new else self.looked
        self.seen += new.rfind(b"\n") + 1

    def do_what_is_asked(self):
        status = self.status()
        if not status:
            return
        for prompt in status["prompts"]:
            self.answer(prompt)
        if status["status"] == "paused" and not status["prompts"]:
            self.tell("continue", "--reason", "go on")

    def answer(self, prompt):
        step, purpose = prompt["step"], prompt["purpose"]
        value = "yes"
        if purpose == "recovery":
            value = "done" if self.has_done(step) else "rerun"
        if purpose == "failure":
            value = "continue" if self.has_done(step) else "retry"
        self.note(f"answer {step} {value}")
        self.tell("answer", str(prompt["id"]), value, "--reason", "the trace says so")

    def has_done(self, step):
        return any(re.fullmatch(rf"end {re.escape(step)} \d+ 0", line) for line in self.lines())

    # -- facts

    def is_over(self):
        return any(event.kind == "run_ended" and event.body["status"] == "completed" for event in self.events())

    def look_at_open_attempts(self):
        """Attempt -> "ended" or "runs", of those that neither the journal nor a death has settled."""
        found = {}
        for key, index in self.open_attempts().items():
            folder = self.attempt_folder(key, index)
            if is_complete_record(folder / "exit.json"):
                found[key] = "ended"
            elif (folder / "start.json").exists() and is_locked(folder / "lock"):
                found[key] = "runs"
        return found


def is_complete_record(path):
    try:
        return isinstance(json.loads(path.read_text()), dict)
    except (OSError, ValueError):
        return False


def is_locked(path):
    """By anybody: the shim or its command live."""
    try:
        with open(path, "rb") as lock:
            fcntl.flock(lock, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    except OSError:
        pass
    return False
