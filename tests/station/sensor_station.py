# A station with one instrument, a program that prints what a test says, and two channels of it; `fatmaster station` on it.
#
# FATMASTER names the built program.
import os
import pathlib
import subprocess
import sys
import tempfile
import threading
import unittest

sys.path[:0] = [str(pathlib.Path(__file__).resolve().parents[1] / "crash")]

from station import wait_until  # noqa: E402

PROGRAM = pathlib.Path(os.environ["FATMASTER"]).resolve()

STATION = """[station]
name = bench
time_zone = UTC
[paths]
locks = locks
[device sensor]
kind = humidity_command
link = command cat {folder}/sensor
temperature_column = 2
[channel humidity]
instrument = sensor
quantity = humidity
period = 100 ms
maximum_age = 1 min
[channel air]
instrument = sensor
quantity = temperature
unit = K
calibration = polynomial 273.15, 1
period = 100 ms
maximum_age = 1 min
"""


class SensorStation(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory(prefix="fat-station-")
        self.addCleanup(folder.cleanup)
        self.station = pathlib.Path(folder.name)
        self.declare("")
        self.show("41.5 20.0")

    def declare(self, more):
        """What station.ini says besides."""
        (self.station / "station.ini").write_text(STATION.format(folder=self.station) + more)

    def show(self, text):
        """The sensor prints that from now on."""
        new = self.station / "sensor.new"
        new.write_text(text + "\n")
        new.rename(self.station / "sensor")

    def call(self, *words):
        return subprocess.run([PROGRAM, "-C", self.station, *words], capture_output=True, text=True, timeout=60)

    def start(self, begun="reads 2 channels", *words):
        """(the process, the lines it has said so far, which grow). It reads when this returns."""
        process = subprocess.Popen([PROGRAM, "-C", self.station, "station", *words], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
        lines = self.read(process)
        self.says(lines, begun)
        return process, lines

    def read(self, process):
        """The lines it has said so far, which grow. It is killed after the test."""
        lines = []
        reader = threading.Thread(target=lambda: lines.extend(iter(process.stdout.readline, "")), daemon=True)
        reader.start()
        self.addCleanup(process.stdout.close)
        self.addCleanup(reader.join)
        self.addCleanup(process.wait)
        self.addCleanup(process.kill)
        return lines

    def says(self, lines, words):
        wait_until(lambda: any(words in line for line in list(lines)), what=lambda: f"{words!r} in {lines}")
