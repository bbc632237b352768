# A bench of tools/examples in a folder of its own, on a virtual bench whose time runs fast, and `fatmaster station` on it.
#
# FATMASTER names the built program.
import json
import os
import pathlib
import shutil
import signal
import sqlite3
import subprocess
import sys
import tempfile
import threading
import unittest

HERE = pathlib.Path(__file__).resolve().parent
sys.path[:0] = [str(HERE.parent / "crash")]

from station import wait_until  # noqa: E402

PROGRAM = pathlib.Path(os.environ["FATMASTER"]).resolve()
EXAMPLES = HERE.parents[1] / "tools" / "examples"
SPEED = 60  # an hour of the bench in a minute
HOUR = 3600 / SPEED


class ExampleBench(unittest.TestCase):
    name = ""

    def setUp(self):
        temporary = tempfile.TemporaryDirectory(prefix="fat-example-")
        self.addCleanup(temporary.cleanup)
        self.folder = pathlib.Path(temporary.name) / self.name
        shutil.copytree(EXAMPLES / self.name, self.folder)
        self.lines = []

    def call(self, *words, timeout=60):
        return subprocess.run([PROGRAM, "-C", self.folder, *words], stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=timeout)

    def done(self, *words, timeout=60):
        done = self.call("--virtual", *words, timeout=timeout)
        self.assertEqual(done.returncode, 0, f"{words}: {done.stdout}{done.stderr}")
        return done.stdout

    # -- the process that watches the bench

    def watch(self):
        self.process = subprocess.Popen(
            [PROGRAM, "-C", self.folder, "--virtual", "station", "--speed", str(SPEED)],
            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
        )
        reader = threading.Thread(target=lambda: self.lines.extend(iter(self.process.stdout.readline, "")), daemon=True)
        reader.start()
        self.addCleanup(self.process.stdout.close)
        self.addCleanup(reader.join)
        self.addCleanup(self.end_bench)
        self.addCleanup(self.process.wait)
        self.addCleanup(self.process.kill)
        self.says("reads")
        wait_until(lambda: not self.invalid(), what=lambda: f"valid channels: {self.invalid()} {self.lines}")
        self.settled = len(self.lines)

    def end_watch(self):
        """Its exit status, ended as by Ctrl-C."""
        self.process.send_signal(signal.SIGINT)
        return self.process.wait(timeout=60)

    def end_bench(self):
        try:
            address = json.loads((self.folder / "virtual_station.json").read_text())
        except FileNotFoundError:
            return
        os.kill(address["pid"], signal.SIGTERM)

    def says(self, words, since=0):
        wait_until(lambda: any(words in line for line in self.lines[since:]), what=lambda: f"{words!r} in {self.lines[since:]}")

    # -- what it reads

    def shown(self):
        """By channel, as `fatmaster read --json` tells it."""
        done = self.call("--virtual", "read", "--json")
        return {one["channel"]: one for one in json.loads(done.stdout)}

    def invalid(self):
        return [f"{one['channel']} {one['state']}: {one['why']}" for one in self.shown().values() if one["state"] != "ok"]

    def hours_read(self):
        """How long each channel has been read, in hours of the bench: that of the one read for the shortest time."""
        link = sqlite3.connect(f"file:{self.folder / 'readings_virtual.db'}?mode=ro", uri=True, timeout=60)
        with link:
            rows = link.execute("SELECT MIN(at), MAX(at) FROM single GROUP BY channel").fetchall()
        link.close()
        declared = (self.folder / "station.ini").read_text().count("\n[channel ")
        return min((last - first) / 1e3 for first, last in rows) / HOUR if len(rows) == declared else 0

    def lost(self):
        """What it said of channels without a valid reading, since all had one."""
        words = (" failed: ", " out of range: ", " stale: ")
        return [line for line in self.lines[self.settled:] if any(word in line for word in words)]

    def live_an_hour(self):
        """Every channel valid all the time."""
        wait_until(lambda: self.hours_read() >= 1, HOUR + 60, what=lambda: f"an hour of readings: {self.hours_read()} {self.lines}")
        self.assertEqual(self.lost(), [])
        self.assertEqual(self.invalid(), [])
