# One transition of each kind, killed before and after each system call of scheduler, supervisor and shim, and with each call failing in turn,
# then resumed -> the spine's promises hold at all of them.
#
#     FATMASTER=... FATMASTER_TRACER=... FATMASTER_MIGRATE=... python3 tests/syscalls/every_call_test.py
#
# FATMASTER_EVERY_POINT=1 tries every point; else FATMASTER_POINTS (240) are drawn evenly by FATMASTER_SEED (printed). FATMASTER_KIND=start tries all
# points of the kinds that this regular expression finds, FATMASTER_ROLE=shim of one process only; FATMASTER_WORKERS (2) is how many stations are tried at the same time.
import collections
import concurrent.futures
import dataclasses
import json
import os
import random
import re
import sqlite3
import time
import unittest

import faults
import invariants
import journal_migration
import scenarios
import traced_station

SEED = int(os.environ.get("FATMASTER_SEED", int.from_bytes(os.urandom(4), "big")))
FULL = os.environ.get("FATMASTER_EVERY_POINT") == "1"
POINTS = int(os.environ.get("FATMASTER_POINTS", "240"))
KIND = os.environ.get("FATMASTER_KIND", "")
ROLE = os.environ.get("FATMASTER_ROLE", "")
WORKERS = int(os.environ.get("FATMASTER_WORKERS", "2"))
MOST_SHOWN = 5
EXIT_CODES = frozenset((0, 3, 4, 5, 70))  # of README.md, those that a fault may bring about
NOT_LOADED = (127, 139)  # says the loader, or dies of the missing page, before any word of ours is read
KILLED = 128 + 9
CODES = collections.Counter()


@dataclasses.dataclass(frozen=True)
class Point:
    scenario: scenarios.Scenario
    window: scenarios.Window
    role: str
    call: str
    number: int  # of those calls of the role in the window
    action: str
    error: int = 0

    def __str__(self):
        what = faults.NAMES[self.error] if self.error else self.action
        return f"{self.window.kind}: {self.role}'s {self.call} {self.number} {what}"

    @property
    def with_it(self):
        """Killed before a call the engine dies alone and its supervisor starts the next; after it, both die."""
        return "supervisor" if self.role == "engine" and self.action == "kill-after" else ""

    def options(self, result):
        words = ["--role", self.role, "--window", self.window.first, "--call", self.call, "--number", str(self.number), "--result", str(result)]
        action = "short" if self.error == faults.SHORT else self.action
        return [*words, "--do", action, "--error", str(max(self.error, 0)), "--with", self.with_it]


def marks(scenario):
    return [word for mark in scenario.marks for word in ("--mark", mark)]


def scout(scenario):
    """The calls of a run in which nothing goes wrong, and the marks between them, in order."""
    station = traced_station.TracedStation(scenario)
    try:
        calls = station.folder / "calls"
        station.tracing = ["--calls", str(calls), *marks(scenario)]
        station.run()
        if station.play() != 0:
            raise traced_station.Broken(f"scenario '{scenario.name}' does not work\n{station.terminal()}")
        invariants.check(station)
        return [json.loads(line) for line in calls.read_text().splitlines()]
    finally:
        station.close()


def calls_in(window, lines):
    """Role -> name and object of each of its calls in the window. Counting begins at the first mark, as the tracer's does."""
    inside, calls = window.first == "", {role: [] for role in window.roles}
    for line in lines:
        inside = inside or line.get("mark") == window.first
        if window.last and line.get("mark") == window.last:
            break
        if inside and line.get("role") in calls:
            calls[line["role"]].append((line["call"], line["about"]))
    return calls


def points_of(scenario):
    lines = scout(scenario)
    for window in scenario.windows:
        if not re.search(KIND, window.kind):
            continue
        for role, calls in calls_in(window, lines).items():
            if ROLE not in ("", role):
                continue
            yield from points_at(scenario, window, role, calls)


def points_at(scenario, window, role, calls):
    seen, before = collections.Counter(), ""
    for call, about in calls:
        seen[call] += 1
        if call not in faults.SILENT or before not in faults.SILENT:
            yield Point(scenario, window, role, call, seen[call], "kill-before")
        if call not in faults.SILENT and (role, call) != ("shim-child", "execve"):  # after it, it is the command
            yield Point(scenario, window, role, call, seen[call], "kill-after")
        for error in faults.of(call, about):
            yield Point(scenario, window, role, call, seen[call], "fail", error)
        before = call


def evenly(points, count):
    """Of each kind and role the same share, but at least one."""
    rng = random.Random(SEED)
    groups = collections.defaultdict(list)
    for point in points:
        groups[point.window.kind, point.role, point.action == "fail"].append(point)
    share = count / max(1, sum(len(group) ** 0.5 for group in groups.values()))
    return [point for group in groups.values() for point in rng.sample(group, min(len(group), max(1, round(share * len(group) ** 0.5))))]


def try_point(point):
    """None when the point did not come up; else "" or what was broken there."""
    station = traced_station.TracedStation(point.scenario)
    try:
        result = station.folder / "point"
        station.tracing = [*point.options(result), *marks(point.scenario)]
        station.steps_may_die = point.action == "fail" or point.role.startswith(("shim", "standby"))
        try:
            play_point(station, point)
        except (AssertionError, OSError, ValueError, KeyError, sqlite3.Error) as error:
            return story(station, point, error)
        return "" if result.exists() else None
    finally:
        station.close()


def play_point(station, point):
    station.run()
    code = station.play()
    CODES[point.action.split("-")[0], code] += 1
    not_loaded = code in NOT_LOADED and point.role == "supervisor" and not (station.folder / "fatmaster.db").exists()
    may_end_so = code in EXIT_CODES or (code == KILLED and point.action != "fail") or not_loaded
    invariants.require(may_end_so, f"exit code {code}")
    invariants.check_what_was_told(station)
    if not station.is_over():
        invariants.require(code != 0, "exit code 0, but the run is not over")
        open_before = {} if station.steps_may_die else station.look_at_open_attempts()
        code = resume(station)
        invariants.require(code == 0, f"resume ended with {code}")
        invariants.check_taken_over(station, open_before)
    elif code != 0:  # killed around its last words: the run JSON has them after the next start, which has nothing else to do
        station.resume()
        code = station.play()
        invariants.require(code in (0, 7), f"resume of a run that is over ended with {code}")
    invariants.check(station)


def resume(station):
    """A commit cut off before its sync is not seen by a reader, but by the next writer: then `run` says that a run is there already."""
    began = bool(station.events())
    station.resume()
    code = station.play()
    if code == 7 and not began and station.events():
        station.start("resume")
        code = station.play()
    return code


def story(station, point, error):
    try:
        events = "\n".join(repr(event)[:300] for event in station.events()[-25:])
    except sqlite3.Error as unreadable:
        events = f"the journal: {unreadable}"
    trace = "\n".join(station.lines())
    return f"{point}: {type(error).__name__} {error}\n{station.terminal()[-3000:]}\n{events}\n{trace}\n{point}: {error}\n"


class EveryCall(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        traced_station.skip_unless_it_can_trace()
        print(f"FATMASTER_SEED={SEED}", flush=True)

    def test_a_scheduler_supervisor_or_shim_that_dies_or_fails_at_any_call_is_resumed_without_loss_or_repetition(self):
        began = time.monotonic()
        every = [point for scenario in scenarios.ALL for point in points_of(scenario)]
        chosen = every if FULL or KIND or ROLE else evenly(every, POINTS)
        tried, broken = collections.Counter(), []
        with concurrent.futures.ThreadPoolExecutor(WORKERS) as workers:
            for point, said in zip(chosen, workers.map(try_point, chosen)):
                what = "not reached" if said is None else point.action.split("-")[0]
                tried[point.window.kind, point.role, what] += 1
                if said:
                    broken.append(said)
                    print(f"BROKEN {point}", flush=True)
        report(tried, len(every), time.monotonic() - began)
        self.assertFalse(broken, f"{len(broken)} points:\n" + "\n".join(broken[:MOST_SHOWN]))

    def test_a_migration_that_dies_or_fails_at_any_call_is_made_up_for_by_the_next_start(self):
        if re.search(KIND, "migration"):
            tried, broken = journal_migration.try_all(FULL or bool(KIND), random.Random(SEED), max(1, POINTS // 8))
            print(f"{'migration 1 -> 2':28} {'journal':18} kill {tried['kill']:5}  fail {tried['fail']:5}  not reached {tried['not reached']}")
            self.assertFalse(broken, "\n".join(broken[:MOST_SHOWN]))


def report(tried, all_points, seconds):
    words = ("kill", "fail", "not reached")
    for kind, role in sorted({key[:2] for key in tried}):
        print(f"{kind:28} {role:18}", "  ".join(f"{word} {tried[kind, role, word]:5}" for word in words))
    print("exit codes:", ", ".join(f"{what} {code}: {count}" for (what, code), count in sorted(CODES.items())))
    total = {word: sum(count for key, count in tried.items() if key[2] == word) for word in words}
    print(f"{'all':28} {'of ' + str(all_points):18}", "  ".join(f"{word} {total[word]:5}" for word in words), f" in {seconds:.0f} s", flush=True)


if __name__ == "__main__":
    unittest.main()
