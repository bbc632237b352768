# A run recorded call by call, its disk cut off at every moment -> what survives is a prefix of the history, and `resume` after the reboot goes on:
# a step whose end did not survive is interrupted, never done, and never repeated without the answer that its `recovery` asks for.
#
#     FATMASTER=... FATMASTER_TRACER=... python3 tests/power/power_cut_test.py
#
# FATMASTER_EVERY_POINT=1 tries every moment in every mode of shadow_disk.py, `torn` three times; else FATMASTER_POINTS (120) are drawn by FATMASTER_SEED
# (printed), moments after a sync before all others. The recorded run sees a boot id that is not this machine's, so `resume` finds a reboot.
import collections
import json
import os
import pathlib
import random
import shutil
import sqlite3
import subprocess
import sys
import tempfile
import time
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "syscalls"))
import invariants  # noqa: E402
import scenarios  # noqa: E402
import shadow_disk  # noqa: E402
import traced_station  # noqa: E402

SEED = int(os.environ.get("FATMASTER_SEED", int.from_bytes(os.urandom(4), "big")))
FULL = os.environ.get("FATMASTER_EVERY_POINT") == "1"
POINTS = int(os.environ.get("FATMASTER_POINTS", "120"))
BEFORE_THE_REBOOT = "0fa7b007-0000-4000-8000-00000000dead"
MOST_SHOWN = 5

REPORT = 'echo \'{"measurement": {"module": "M1", "name": "rate", "value": 1, "max": 2}}\' >&3'
FORSAKE = """[ ! -e rebooted ] || { echo "end one $FATMASTER_ATTEMPT 0" >> trace; exit 0; }
engine=$(cut -d" " -f4 < /proc/$PPID/stat)
kill -9 $(cut -d" " -f4 < /proc/$engine/stat) $engine
while [ -d /proc/$engine ] && ! grep -q "State:.[ZX]" /proc/$engine/status 2>/dev/null; do :; done"""

CAMPAIGN = scenarios.Scenario(
    name="a campaign",
    sections="[one]\ncommand = sh one.sh\n[ask]\ntask = manual_input\n[two]\ncommand = sh step.sh\nrecovery = rerun\n"
    "[three]\ncommand = sh fails.sh\nattempts = 2\nrun_backup = yes\n[four]\ncommand = sh step.sh\n[safe_state]\nsteps = laser off\n"
    "[laser off]\ncommand = sh step.sh\nrecovery = rerun\n",
    main=("one", "two", "three", "four"),
    rerun=("two",),
    safe=("laser off",),
    files={
        "one.sh": scenarios.step(REPORT),
        "step.sh": scenarios.step(),
        "fails.sh": scenarios.step(code="$((FATMASTER_ATTEMPT == 1))"),
    },
    folders=("target",),
    station_ini="[backup local]\ntarget = target\n",
    windows=(),
)
FORSAKEN = scenarios.Scenario(
    name="a step that outlives its scheduler",
    sections="[one]\ncommand = sh one.sh\n[two]\ncommand = sh step.sh\n",
    main=("one", "two"),
    files={"one.sh": scenarios.step(f"{REPORT}\n{FORSAKE}"), "step.sh": scenarios.step()},
    windows=(),
)


class Recording:
    """A run of a scenario: the disk before it, what was done to it, and its whole history."""

    def __init__(self, scenario):
        self.station = traced_station.TracedStation(scenario)
        self.station.steps_may_die = True
        (self.station.folder / "terminal.log").touch()
        self.disk = shadow_disk.Disk(self.station.folder)
        self.lines, self.rows, self.promised = [], [], []

    def play(self):
        log = pathlib.Path(tempfile.mkstemp(prefix="fat_files_")[1])
        try:
            self.station.tracing = ["--files", str(log), "--folder", str(self.station.folder), "--boot-id", BEFORE_THE_REBOOT]
            self.station.run()
            self.station.play()
            self.lines = [json.loads(line) for line in log.read_text().splitlines()]
        finally:
            log.unlink()
        self.rows = rows_of(self.station.folder)
        self.promised = self.count_promises()

    def count_promises(self):
        """After so many lines -> so many rows are durable: the journal has been synced with them in it."""
        counts, known = [], 0
        with tempfile.TemporaryDirectory(prefix="fat_rows_") as place:
            for number, _, disk in shadow_disk.moments(self.disk, self.lines, ordered=False):
                line = self.lines[number - 1] if number else {"do": "", "path": ""}
                if line["do"] == "sync" and "fatmaster.db" in line["path"]:
                    for name in ("fatmaster.db", "fatmaster.db-wal"):
                        if name in disk.top.now:
                            (pathlib.Path(place) / name).write_bytes(bytes(disk.top.now[name].now))
                    known = max(known, len(rows_of(pathlib.Path(place))))
                counts.append(known)
        return counts

    def close(self):
        self.station.close()


def rows_of(folder):
    """The journal's rows, read from a copy; none when it is no journal yet."""
    with tempfile.TemporaryDirectory(prefix="fat_rows_") as place:
        for name in ("fatmaster.db", "fatmaster.db-wal", "fatmaster.db-journal"):
            if (folder / name).exists():
                shutil.copy(folder / name, place)
        try:
            journal = sqlite3.connect(f"{place}/fatmaster.db")
            try:
                return journal.execute("SELECT id, boot_id, kind, body, hash FROM events ORDER BY id").fetchall()
            finally:
                journal.close()
        except sqlite3.OperationalError:
            return []


class Cut:
    """One moment in one mode: the tree that survives, and what `resume` makes of it."""

    def __init__(self, recording, number, mode):
        self.recording, self.number, self.mode = recording, number, mode
        self.station = recording.station
        self.station.seen, self.station.process = 0, None

    def __str__(self):
        line = self.recording.lines[self.number - 1] if self.number else {"do": "nothing yet"}
        return f"{self.station.scenario.name}: after line {self.number} ({line['do']} {line.get('path', '')}), {self.mode}"

    def lay_out(self, disk, rng):
        for entry in self.station.folder.iterdir():
            shutil.rmtree(entry) if entry.is_dir() and not entry.is_symlink() else entry.unlink()
        disk.write_survivors(self.station.folder, "synced" if self.mode == "ordered" else self.mode, rng)
        self.station.trace.touch()
        (self.station.folder / "rebooted").touch()

    def check_what_survived(self):
        rows = rows_of(self.station.folder)
        promised = self.recording.promised[self.number]
        invariants.require(rows == self.recording.rows[: len(rows)], "the journal is no prefix of the history")
        invariants.require(len(rows) >= promised, f"{len(rows)} events survived, {promised} had been promised")
        started = {(body["key"]["title"], body["key"]["attempt"]) for body in bodies(rows, "attempt_started")}
        for line in self.station.lines():
            word, rest = line.split(" ", 1)
            key = tuple(rest.rsplit(" ", 1)) if word == "start" else None
            invariants.require(key is None or (key[0], int(key[1])) in started, f"no event of '{line}' survived")
        self.check_files()
        return rows

    def check_files(self):
        if self.station.terminal():
            invariants.check_what_was_told(self.station)
        for archive in self.station.folder.glob("target/**/*.tar.zst"):
            told = subprocess.run(["zstd", "-qt", str(archive)], capture_output=True, text=True, timeout=30)
            invariants.require(told.returncode == 0, f"an archive is damaged: {told.stderr}")

    def go_on(self, rows):
        """As after a reboot."""
        done = {body["key"]["title"] for body in bodies(rows, "attempt_ended") if body["outcome"] == "done" and in_main(body)}
        over = any(body["status"] == "completed" for body in bodies(rows, "run_ended"))
        before = self.station.lines()
        harvested = self.must_be_harvested(rows)
        self.station.resume() if rows else self.station.run()
        code = self.station.play()
        invariants.require(code == (7 if over else 0), f"resume ended with {code}")
        again = {line.split(" ")[1] for line in self.station.lines()[len(before) :] if line.startswith("start ")}
        invariants.require(not done & again, f"done before the cut and run again: {done & again}")
        self.check_ends(rows, harvested)
        invariants.check(self.station)

    def must_be_harvested(self, rows):
        ended = {json.dumps(body["key"]) for body in bodies(rows, "attempt_ended")}
        keys = [body["key"] for body in bodies(rows, "attempt_started") if json.dumps(body["key"]) not in ended and body.get("kind") == "command"]
        folders = {json.dumps(key): list(self.station.folder.glob(f"runs/run_00001/steps/*_{key['title']}/attempt_{key['attempt']}/exit.json")) for key in keys if in_main({"key": key})}
        return {key for key, found in folders.items() if self.mode != "torn" and found and traced_station.is_complete_record(found[0])}

    def check_ends(self, rows, harvested):
        """What was open when the power went: a whole exit record is taken over, everything else is interrupted."""
        kept = len(bodies(rows, "attempt_ended"))
        open_then = {json.dumps(body["key"]) for body in bodies(rows, "attempt_started") if body.get("kind") == "command"}
        for event in self.station.events("attempt_ended")[kept:]:
            key = json.dumps(event.body["key"])
            if key in open_then and in_main(event.body):
                cause, outcome = event.body["cause"], event.body["outcome"]
                invariants.require(cause == "harvested" or outcome == "interrupted", f"nobody saw it end: {event}")
                invariants.require(key not in harvested or cause == "harvested", f"its exit record had survived: {event}")
                FIGURES[cause] += 1


def bodies(rows, kind):
    return [json.loads(row[3]) for row in rows if row[2] == kind]


def in_main(body):
    return body["key"].get("list", "main") == "main"


FIGURES = collections.Counter()


class PowerCut(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        traced_station.skip_unless_it_can_trace()
        print(f"FATMASTER_SEED={SEED}", flush=True)

    def cut_everywhere(self, scenario, share):
        recording = Recording(scenario)
        self.addCleanup(recording.close)
        recording.play()
        tried, broken, began = collections.Counter(), [], time.monotonic()
        chosen = self.choose(recording, random.Random(SEED), share)
        for mode in shadow_disk.MODES:
            for number, _, disk in shadow_disk.moments(recording.disk, recording.lines, ordered=mode == "ordered"):
                for time_ in range(chosen[mode, number]):
                    tried[mode] += 1
                    said = try_cut(Cut(recording, number, mode), disk, random.Random(f"{SEED} {number} {mode} {time_}"))
                    broken += [said] if said else []
        words = ", ".join(f"{mode} {tried[mode]}" for mode in shadow_disk.MODES)
        print(f"{scenario.name}: {len(recording.lines)} changes, {len(recording.rows)} events; cut: {words}; in {time.monotonic() - began:.0f} s; so far {dict(FIGURES)}", flush=True)
        self.assertFalse(broken, f"{len(broken)} cuts:\n" + "\n".join(broken[:MOST_SHOWN]))

    def choose(self, recording, rng, share):
        """How often each mode is tried at each moment."""
        moments = range(len(recording.lines) + 1)
        if FULL:
            return {(mode, number): 3 if mode == "torn" else 1 for mode in shadow_disk.MODES for number in moments}
        chosen = collections.Counter()
        synced = [number for number in moments if number == 0 or recording.lines[number - 1]["do"] == "sync"]
        for mode, part in (("synced", 0.35), ("ordered", 0.2), ("torn", 0.35), ("all", 0.1)):
            pool = synced if mode in ("synced", "ordered") else list(moments)
            count = max(1, round(POINTS * share * part))
            chosen.update((mode, number) for number in rng.sample(pool, min(count, len(pool))))
        return chosen

    def test_a_run_cut_off_at_any_moment(self):
        self.cut_everywhere(CAMPAIGN, 0.7)

    def test_a_step_that_ended_without_its_scheduler_before_the_power_went(self):
        self.cut_everywhere(FORSAKEN, 0.3)


def try_cut(cut, disk, rng):
    """"" or what was broken."""
    try:
        cut.lay_out(disk, rng)
        cut.go_on(cut.check_what_survived())
        return ""
    except (AssertionError, OSError, ValueError, KeyError, sqlite3.Error) as error:
        print(f"BROKEN {cut}: {str(error)[:300]}", flush=True)
        station = cut.station
        return f"{cut}: {type(error).__name__} {error}\n{station.terminal()[-3000:]}\n" + "\n".join(station.lines()) + f"\n{cut}: {error}\n"
    finally:
        for pid in cut.station.processes():
            traced_station.station.send(pid, 9)
        if cut.station.process is not None:
            cut.station.process.wait(timeout=traced_station.BOUND)


if __name__ == "__main__":
    unittest.main()
