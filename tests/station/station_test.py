# `fatmaster station` as people use it: it reads and stores, `read` and `plot` show it, and after kill -9 it goes on.
#
# FATMASTER names the built program.
import contextlib
import json
import pathlib
import signal
import sys
import unittest
import xml.etree.ElementTree

from sensor_station import SensorStation, wait_until

sys.path[:0] = [str(pathlib.Path(__file__).resolve().parent.parent / "web")]

from web_client import Client  # noqa: E402


class StationTest(SensorStation):
    def shown(self, *words):
        return {one["channel"]: one for one in json.loads(self.call("read", "--json", *words).stdout)}

    def wait_for(self, channel, key, value):
        wait_until(lambda: self.shown()[channel][key] == value, what=lambda: f"{channel} with {key} = {value!r}: {self.shown()}")

    def test_says_who_cannot_hear_its_alarms(self):
        self.declare("[sink chat]\nkind = webhook\nurl_env = CHAT_URL\n")
        _, lines = self.start()
        self.says(lines, "[sink chat] hears no alarm of this process")

    def test_reads_stores_and_shows(self):
        station, lines = self.start()
        self.wait_for("air", "value", 293.15)

        self.show("41.5 30.0")
        self.wait_for("air", "value", 303.15)
        self.show("no sensor")
        self.wait_for("humidity", "state", "failed")
        self.assertIsNone(self.shown()["humidity"]["value"])
        self.assertEqual(self.call("read").returncode, 1)
        self.show("42.5 30.0")
        self.wait_for("humidity", "value", 42.5)

        plotted = self.call("plot", "air", "--since", "1h", "-o", str(self.station / "air.svg"))
        self.assertEqual(plotted.returncode, 0, plotted.stderr)
        self.assertEqual(xml.etree.ElementTree.parse(self.station / "air.svg").getroot().tag.split("}")[1], "svg")
        second = self.call("station")
        self.assertEqual(second.returncode, 6)
        self.assertIn("process %d" % station.pid, second.stderr)

        station.send_signal(signal.SIGTERM)
        self.assertEqual(station.wait(timeout=60), 0)
        self.says(lines, "humidity failed: sensor")
        self.says(lines, "humidity is valid again")

    def test_shows_its_bench_on_a_port_as_long_as_it_lives(self):
        station, lines = self.start("dashboard: ", "--listen", "127.0.0.1:0")
        client = Client(next(line for line in lines if line.startswith("dashboard: ")).removeprefix("dashboard: "))
        wait_until(lambda: [one["value"] for one in client.get("/bench")["channels"] if one["name"] == "air"] == [293.15], what=lambda: client.get("/bench"))

        station.kill()
        station.wait(timeout=60)

        wait_until(lambda: self.is_gone(client), what="the end of the server")

    def is_gone(self, client):
        with contextlib.closing(client.connect()) as connection:
            try:
                connection.connect()
            except ConnectionRefusedError:
                return True
        return False

    def test_goes_on_after_kill(self):
        for value in ("10", "11", "12"):
            self.show(value + " 20.0")
            station, _ = self.start()
            self.wait_for("humidity", "value", float(value))
            station.kill()
            station.wait(timeout=60)

        # Nobody lives: it asks the sensor itself; what was stored is still there.
        self.show("13 20.0")
        self.assertEqual(self.shown("humidity")["humidity"]["value"], 13)
        self.assertEqual(self.call("plot", "humidity", "-o", str(self.station / "h.svg")).returncode, 0)

    def test_a_virtual_bench_never_mixes_with_the_real_one(self):
        station, _ = self.start()
        self.wait_for("air", "value", 293.15)

        refused = self.call("--virtual", "plot", "air", "-o", str(self.station / "air.svg"))

        self.assertEqual(refused.returncode, 3)
        self.assertIn("readings_virtual.db", refused.stderr)
        station.send_signal(signal.SIGINT)
        self.assertEqual(station.wait(timeout=60), 0)


if __name__ == "__main__":
    unittest.main()
