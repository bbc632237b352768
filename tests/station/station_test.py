# `fatmaster station` as people use it: it reads and stores, `read` and `plot` show it, and after kill -9 it goes on.
#
# FATMASTER names the built program.
import json
import os
import pathlib
import signal
import subprocess
import tempfile
import unittest
import xml.etree.ElementTree

PROGRAM = pathlib.Path(os.environ["FATMASTER"]).resolve()
ATTEMPTS = 400  # of a command that itself takes a while: patience without sleeping

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


class StationTest(unittest.TestCase):
    def setUp(self):
        self.folder = tempfile.TemporaryDirectory(prefix="fat-station-")
        self.addCleanup(self.folder.cleanup)
        self.station = pathlib.Path(self.folder.name)
        (self.station / "station.ini").write_text(STATION.format(folder=self.station))
        self.show("41.5 20.0")

    def show(self, text):
        """The sensor prints that from now on."""
        new = self.station / "sensor.new"
        new.write_text(text + "\n")
        new.rename(self.station / "sensor")

    def call(self, *words):
        return subprocess.run([PROGRAM, "-C", self.station, *words], capture_output=True, text=True, timeout=60)

    def start(self):
        process = subprocess.Popen([PROGRAM, "-C", self.station, "station"], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
        self.addCleanup(process.stdout.close)
        self.addCleanup(process.wait)
        self.addCleanup(process.kill)
        self.assertIn("reads 2 channels", process.stdout.readline())
        return process

    def shown(self, *words):
        return {one["channel"]: one for one in json.loads(self.call("read", "--json", *words).stdout)}

    def wait_for(self, what, channel, key, value):
        for _ in range(ATTEMPTS):
            if self.shown()[channel][key] == value:
                return
        self.fail("%s never showed %s = %r but %r" % (channel, key, value, self.shown()))

    def test_says_who_cannot_hear_its_alarms(self):
        with (self.station / "station.ini").open("a") as file:
            file.write("[sink chat]\nkind = webhook\nurl_env = CHAT_URL\n")
        station = self.start()
        self.assertIn("[sink chat] hears no alarm of this process", station.stdout.readline())

    def test_reads_stores_and_shows(self):
        station = self.start()
        self.wait_for("value", "air", "value", 293.15)

        self.show("41.5 30.0")
        self.wait_for("value", "air", "value", 303.15)
        self.show("no sensor")
        self.wait_for("failure", "humidity", "state", "failed")
        self.assertIsNone(self.shown()["humidity"]["value"])
        self.assertEqual(self.call("read").returncode, 1)
        self.show("42.5 30.0")
        self.wait_for("recovery", "humidity", "value", 42.5)

        plotted = self.call("plot", "air", "--since", "1h", "-o", str(self.station / "air.svg"))
        self.assertEqual(plotted.returncode, 0, plotted.stderr)
        self.assertEqual(xml.etree.ElementTree.parse(self.station / "air.svg").getroot().tag.split("}")[1], "svg")
        second = self.call("station")
        self.assertEqual(second.returncode, 6)
        self.assertIn("process %d" % station.pid, second.stderr)

        station.send_signal(signal.SIGTERM)
        said = station.stdout.read()
        self.assertEqual(station.wait(timeout=60), 0)
        self.assertIn("humidity failed: sensor", said)
        self.assertIn("humidity is valid again", said)

    def test_goes_on_after_kill(self):
        for value in ("10", "11", "12"):
            self.show(value + " 20.0")
            station = self.start()
            self.wait_for("value", "humidity", "value", float(value))
            station.kill()
            station.wait(timeout=60)

        # Nobody lives: it asks the sensor itself; what was stored is still there.
        self.show("13 20.0")
        self.assertEqual(self.shown("humidity")["humidity"]["value"], 13)
        self.assertEqual(self.call("plot", "humidity", "-o", str(self.station / "h.svg")).returncode, 0)

    def test_a_virtual_bench_never_mixes_with_the_real_one(self):
        station = self.start()
        self.wait_for("value", "air", "value", 293.15)

        refused = self.call("--virtual", "plot", "air", "-o", str(self.station / "air.svg"))

        self.assertEqual(refused.returncode, 3)
        self.assertIn("readings_virtual.db", refused.stderr)
        station.send_signal(signal.SIGINT)
        self.assertEqual(station.wait(timeout=60), 0)


if __name__ == "__main__":
    unittest.main()
