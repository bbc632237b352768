# What a bench and a run tell Prometheus: its own checker takes the page, a real one scrapes it and gives the values back.
#
# FATMASTER names the built program.
import pathlib
import shutil
import subprocess
import sys
import unittest
import urllib.error

sys.path[:0] = [str(pathlib.Path(__file__).resolve().parent)]

from cryostat import Cryostat  # noqa: E402
from sensor_station import SensorStation, wait_until  # noqa: E402
from servers import PROGRAM, metrics_page, prometheus, serve  # noqa: E402

PROMTOOL = shutil.which("promtool") or "/usr/bin/promtool"
ASK = "[shut]\ntask = manual_input\nmessage = Is it shut?\n[last]\ncommand = true\n"
HOSTILE = """[channel quoted]
instrument = sensor
quantity = temperature
unit = "}\\7{
calibration = polynomial 0, 1
period = 100 ms
maximum_age = 1 min
"""


class CheckedPage(unittest.TestCase):
    """A test of pages."""

    def assert_accepted(self, page):
        """Not one remark of promtool, neither error nor lint."""
        told = subprocess.run([PROMTOOL, "check", "metrics"], input=page, capture_output=True, text=True, timeout=60)
        self.assertEqual((told.returncode, told.stdout, told.stderr), (0, "", ""), page)

    def comes(self, server, query, value):
        """A scrape of a busy machine may be late: the next one is not."""
        wait_until(lambda: server.metric_value(query) == value, what=lambda: f"{value} of {query}: {server.metric_query(query)}")

    def value(self, page, sample):
        """Of the line that begins with that; None without one."""
        found = [line.rpartition(" ")[2] for line in page.splitlines() if line.startswith(sample)]
        self.assertLess(len(found), 2, found)
        return float(found[0]) if found else None


class SensorMetrics(SensorStation, CheckedPage):
    def test_the_page_of_a_station_that_was_never_started(self):
        _, target = serve(self, self.station)

        page = metrics_page(target)

        self.assert_accepted(page)
        self.assertEqual(self.value(page, "fatmaster_station_up"), 0)
        self.assertEqual(self.value(page, 'fatmaster_channel_valid{channel="air"'), 0)
        self.assertNotIn("fatmaster_reading_", page)

    def test_hostile_words_break_no_line(self):
        self.declare(HOSTILE)
        self.start("reads 3 channels")
        schedule = self.station / 'a "quoted\\\n} 7.ini'
        run_file = self.station / "runs/run/run_00001.json"
        run_file.parent.mkdir(parents=True)
        run_file.write_text('{"comment": "hostile", "date": "2026-11-20"}')
        schedule.write_text(f"[constants]\nrun_file = {run_file}\n[one]\ncommand = true\n")
        ran = self.call("run", str(schedule), "--batch")
        self.assertEqual(ran.returncode, 0, ran.stdout + ran.stderr)
        _, target = serve(self, self.station)

        page = wait_until(lambda: (lambda text: text if "fatmaster_reading_other" in text else None)(metrics_page(target)))

        self.assert_accepted(page)
        self.assertIn('unit="\\"}\\\\7{"} 20\n', page)
        self.assertIn('a \\"quoted\\\\\\n} 7.ini"', page)
        self.assertEqual(self.value(page, 'fatmaster_run_state{run="1",state="completed"}'), 1)

    def test_prometheus_gives_back_what_a_sensor_shows(self):
        self.start()
        _, target = serve(self, self.station)
        server = prometheus(self, target)
        kelvin = 'fatmaster_reading_kelvin{channel="air",instrument="sensor",quantity="temperature"}'
        valid = 'fatmaster_channel_valid{channel="air"}'
        self.comes(server, kelvin, 293.15)
        self.comes(server, 'fatmaster_reading_ratio{channel="humidity"}', 0.415)
        self.comes(server, valid, 1)
        self.comes(server, 'time() - fatmaster_channel_timestamp_seconds{channel="air"} < bool 30', 1)

        self.show("broken")
        self.comes(server, valid, 0)
        self.assertIsNone(server.metric_value(kelvin))  # not zero, and not what it showed before

        self.show("50.0 -10.0")
        self.comes(server, kelvin, 263.15)
        server.stop()  # away, and back with what it had
        server.start("/-/ready")
        self.comes(server, valid, 1)

    def test_a_token_lets_prometheus_in_where_there_are_users(self):
        added = self.call("user", "add", "prometheus", "--role", "viewer", "--token")
        self.assertEqual(added.returncode, 0, added.stderr)
        token = self.station / "token"
        token.touch(0o600)
        token.write_text(added.stdout)
        _, target = serve(self, self.station)
        with self.assertRaises(urllib.error.HTTPError) as refused:
            metrics_page(target)
        self.assertEqual(refused.exception.code, 401)
        refused.exception.close()
        self.assert_accepted(metrics_page(target, added.stdout.strip()))

        stranger = prometheus(self, target)
        known = prometheus(self, target, token)

        self.comes(known, "up", 1)
        self.comes(known, "fatmaster_station_up", 0)
        self.comes(stranger, "up", 0)
        self.assertIsNone(stranger.metric_value("fatmaster_station_up"))


class CryostatMetrics(CheckedPage):
    def test_a_run_an_interlock_and_the_end_of_the_process(self):
        bench = Cryostat(sections=ASK)
        self.addCleanup(bench.close)
        bench.watch()
        bench.run()
        bench.wait_for_status("waiting")
        _, target = serve(self, bench.folder)
        server = prometheus(self, target)
        self.comes(server, 'fatmaster_interlock_phase{interlock="heating",action="set",phase="clear"}', 1)
        self.comes(server, 'fatmaster_reading_kelvin{channel="bottom"}', 250)
        self.comes(server, 'fatmaster_run_state{run="1"} == 1', 1)
        self.comes(server, 'sum(fatmaster_run_steps{run="1"})', 2)
        self.comes(server, 'fatmaster_run_open_prompts{run="1"}', 1)
        self.comes(server, "fatmaster_scheduler_up", 1)

        bench.show(274, 250)
        self.comes(server, 'fatmaster_interlock_phase{interlock="heating",phase="tripped"}', 1)
        self.comes(server, "fatmaster_interlock_trips_total", 1)
        bench.show(250, 250)
        self.comes(server, 'fatmaster_interlock_phase{interlock="heating",phase="latched"}', 1)
        override = bench.tell("interlock", "override", "heating", "--for", "10min", "--reason", "test")
        self.assertEqual(override.returncode, 0, override.stderr)
        self.comes(server, "fatmaster_interlock_overridden", 1)
        self.assert_accepted(metrics_page(target))

        bench.bench.kill()
        bench.bench.wait()
        self.comes(server, "fatmaster_station_up", 0)
        wait_until(lambda: server.metric_query("fatmaster_reading_kelvin") == {})
        self.comes(server, "fatmaster_interlock_watched", 0)
        self.comes(server, "fatmaster_interlock_suspends_run", 1)
        self.assertEqual(server.metric_query("fatmaster_interlock_phase"), {})
        self.assertEqual(bench.tell("answer", "yes").returncode, 0)
        self.assert_accepted(metrics_page(target))

    def test_a_virtual_bench_never_passes_for_the_real_one(self):
        bench = Cryostat()
        self.addCleanup(bench.close)
        bench.watch()
        with open(bench.folder / "virtual.log", "wb") as log:
            virtual = subprocess.Popen([PROGRAM, "--virtual", "station"], cwd=bench.folder, stdin=subprocess.DEVNULL, stdout=log, stderr=log)
        self.addCleanup(virtual.wait)
        self.addCleanup(virtual.kill)
        _, real = serve(self, bench.folder)
        _, simulated = serve(self, bench.folder, "--virtual")
        output = 'fatmaster_channel_valid{channel="heater_1",instrument="supply",quantity="output"'

        wait_until(lambda: self.value(metrics_page(simulated), output + ',virtual="true"} ') == 1, what=(bench.folder / "virtual.log").read_text)

        for line in metrics_page(simulated).splitlines():
            if line.startswith(("fatmaster_station", "fatmaster_channel", "fatmaster_reading", "fatmaster_interlock")):
                self.assertIn('virtual="true"', line)
        wait_until(lambda: self.value(metrics_page(real), output + "} ") == 1)
        self.assertNotIn('virtual="true"', metrics_page(real))


if __name__ == "__main__":
    unittest.main()
