# A journal of version 2 opened by a program that knows version 3, killed before and after each of its system calls, or with each failing -> opened
# again it has all its events, and a backup that version 2 reads.
#
# FATMASTER_MIGRATE names the built program that knows version 3 (tests/syscalls/migrate_journal.cpp).
import collections
import json
import os
import pathlib
import shutil
import subprocess
import tempfile

import faults
import traced_station

PROGRAM = os.environ.get("FATMASTER_MIGRATE", "")
EVENTS = "3\n"


def tell(*words):
    return subprocess.run([*map(str, words)], capture_output=True, text=True, timeout=traced_station.BOUND)


def points(folder):
    """From the opening of the journal on: what the program loader did before touches nothing."""
    tell(traced_station.TRACER, "--calls", folder / "calls", "--mark", "fatmaster.db", "--", PROGRAM, "open", folder / "fatmaster.db")
    lines = [json.loads(line) for line in (folder / "calls").read_text().splitlines()]
    first = next(number for number, line in enumerate(lines) if "mark" in line)
    calls = [(line["call"], line["about"]) for line in lines[first:] if line.get("role") == "engine"]
    seen = collections.Counter()
    for call, about in calls:
        seen[call] += 1
        number = seen[call]
        for action in ("kill-before", "kill-after"):
            yield number, call, action, 0
        for error in faults.of(call, about):
            yield number, call, "short" if error == faults.SHORT else "fail", max(error, 0)


def try_point(folder, call, number, action, error):
    """None when the call did not come; else "" or what was broken."""
    journal = folder / "fatmaster.db"
    point = ["--role", "engine", "--window", "fatmaster.db", "--call", call, "--number", number]
    point += ["--do", action, "--error", error, "--result", folder / "point"]
    tell(traced_station.TRACER, "--mark", "fatmaster.db", *point, "--", PROGRAM, "open", journal)
    again = tell(PROGRAM, "open", journal)
    if (again.returncode, again.stdout) != (0, EVENTS):
        return f"the next start says {again}"
    copies = [name for name in folder.iterdir() if ".version-2" in name.name and name.suffix != ".unfinished"]
    read = [tell(PROGRAM, "read", copy) for copy in copies if not copy.name.endswith(("-journal", "-wal", "-shm"))]
    if not read or any(told.stdout != EVENTS for told in read):
        return f"the backups {copies} say {read}"
    return "" if (folder / "point").exists() else None


def try_all(every, rng, count):
    """Points tried by action, and what was broken."""
    tried, broken = collections.Counter(), []
    folder = pathlib.Path(tempfile.mkdtemp(prefix="fat_migrate_"))
    try:
        made = folder / "made"
        made.mkdir()
        tell(PROGRAM, "make", made / "fatmaster.db")
        shutil.copytree(made, folder / "scout")
        found = list(points(folder / "scout"))
        for number, call, action, error in found if every else rng.sample(found, min(count, len(found))):
            place = folder / "try"
            shutil.copytree(made, place)
            said = try_point(place, call, number, action, error)
            tried["not reached" if said is None else action.split("-")[0].replace("short", "fail")] += 1
            broken += [f"migration, {call} {number} {action} {error}: {said}"] if said else []
            shutil.rmtree(place)
    finally:
        shutil.rmtree(folder)
    return tried, broken
