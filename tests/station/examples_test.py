# The benches of tools/examples, each checked as it stands and lived in for an hour of its own time: every channel valid, one fault handled.
#
# FATMASTER names the built program.
import json
import os
import pathlib
import signal
import subprocess
import tempfile
import unittest

from example_bench import EXAMPLES, PROGRAM, ExampleBench, wait_until


class Files(unittest.TestCase):
    def test_hold_no_mistake(self):
        folders = sorted(path.parent for path in EXAMPLES.glob("*/station.ini"))
        self.assertEqual([folder.name for folder in folders], ["cryostat", "module_stand", "monitoring_farm"])
        for folder in folders:
            done = subprocess.run([PROGRAM, "-C", folder, "station", "check"], capture_output=True, text=True, timeout=60)
            self.assertEqual((done.returncode, done.stderr), (0, ""), folder)


class Show(unittest.TestCase):
    def test_shows_readings_a_lease_an_interlock_and_a_service_and_leaves_nothing_behind(self):
        with tempfile.TemporaryDirectory(prefix="fat-show-") as temporary:
            folder = pathlib.Path(temporary) / "bench"
            done = subprocess.run([EXAMPLES / "show", PROGRAM, folder], capture_output=True, text=True, timeout=240)
            left = [process for process in pathlib.Path("/proc").iterdir() if process.name.isdigit() and names(process, str(folder))]

        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)
        for words in (
            "t_top_plate          1", "level_plots                      RUNNING   pid ", "supply is leased to ", "heater_1 reads back on",
            "t_top_plate          out of range", "heater_1             0", "TRIPPED: t_top_plate has had no valid reading", "not set: interlock heating is tripped",
        ):
            self.assertIn(words, done.stdout)
        self.assertEqual(left, [])


def names(process, text):
    """Whether a living process has that text in its command line or its environment."""
    try:
        return text.encode() in (process / "cmdline").read_bytes() + (process / "environ").read_bytes()
    except OSError:
        return False  # ended meanwhile, or not ours


class Cryostat(ExampleBench):
    name = "cryostat"

    def test_is_warmed_up_in_an_hour_and_survives_a_torn_off_sensor(self):
        self.watch()

        said = self.done("run", "cryostat_warmup.ini", "--batch", timeout=180)

        for words in ("heat_power1 is 70.", "heat_power2 is 70.", "heater_1 reads back off", "heat_power1 is 0 W", "heat_power2 is 0 W"):
            self.assertIn(words, said)
        self.assertIn("WARNING [5] safe to open: The cryostat is warm", said)
        self.live_an_hour()
        for plate in ("t_top_plate", "t_cryo_bottom"):
            self.assertGreater(self.shown()[plate]["value"], 272)
            self.assertLess(self.shown()[plate]["value"], 279)

        for setting in (("heater_1_voltage", "8 V"), ("heater_2_voltage", "8 V"), ("heater_1", "on"), ("heater_2", "on")):
            self.done("set", *setting)  # so little that the sensor trips it, not the heat
        self.done("sim", "fault", "plates", "open", "--channel", "6")

        self.says("interlock heating: tripped: t_top_plate has had no valid reading")
        wait_until(lambda: self.heat() == [0, 0, 0, 0], what=lambda: f"no heat: {self.heat()} {self.lines}")
        self.says("heater_1 reads back 0")
        self.says("heater_2 reads back 0")
        refused = self.call("--virtual", "set", "heater_1", "on")
        self.assertEqual(refused.returncode, 7)
        self.assertIn("interlock heating is tripped", refused.stderr)
        self.assertEqual(self.end_watch(), 0)

    def heat(self):
        shown = self.shown()
        return [shown[name]["value"] for name in ("heater_1", "heater_2", "heat_power1", "heat_power2")]

    def test_is_rehearsed(self):
        done = self.call("rehearse", "cryostat_warmup.ini", "--execute", "--speed", "2000", timeout=120)

        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)
        self.assertIn("5 steps (the first is 'voltages') set channels or wait for them", done.stderr)

    def test_heats_nothing_while_nobody_watches(self):
        refused = self.call("--virtual", "set", "heater_1", "on")
        self.addCleanup(self.end_bench)

        self.assertEqual(refused.returncode, 7)
        self.assertIn("nobody watches it", refused.stderr)


class ModuleStand(ExampleBench):
    name = "module_stand"

    def test_takes_a_module_up_and_down_in_an_hour_and_its_bias_down_when_the_chiller_fails(self):
        self.watch()

        said = self.done("run", "module_on.ini", "--batch", timeout=240)

        self.assertIn("7 steps: 7 done", said)
        for words in ("chiller_status is 3", "lv_voltage is ", "hv_bias reads back on"):
            self.assertIn(words, said)
        self.assertLess(said.index("lv_module reads back on"), said.index("hv_bias reads back on"))
        self.assertLess(said.index("hv_bias reads back off"), said.index("lv_module reads back off"))
        self.live_an_hour()

        self.refused("high voltage without low", "set", "hv_bias", "on")
        for setting in (("lv_module", "on"), ("hv_bias", "on")):
            wait_until(lambda words=setting: self.call("--virtual", "set", *words).returncode == 0, what=lambda words=setting: f"{words}: {self.shown()}")
        wait_until(lambda: self.value("hv_voltage") > 290, what=lambda: f"300 V: {self.shown()}")
        self.refused("low voltage off under high", "set", "lv_module", "off")
        self.done("sim", "fault", "chiller", "low-level")

        self.says("interlock chiller: sets hv_bias to 0")
        self.says("hv_bias reads back 0")
        wait_until(lambda: self.value("hv_voltage") < 20, what=lambda: f"no bias: {self.shown()}")
        self.assertEqual(self.value("chiller_status"), -1)
        self.assertEqual(self.value("lv_module"), 1)
        self.assertIn("interlock chiller is tripped", self.refused("after the trip", "set", "hv_bias", "on"))
        self.assertEqual(self.end_watch(), 0)

    def refused(self, what, *words):
        done = self.call("--virtual", *words)
        self.assertEqual(done.returncode, 7, f"{what}: {done.stdout}{done.stderr}")
        return done.stderr

    def value(self, name):
        return self.shown()[name]["value"]


class MonitoringFarm(ExampleBench):
    name = "monitoring_farm"

    def setUp(self):
        super().setUp()
        self.addCleanup(self.end_services)

    def end_services(self):
        """No test leaves a process behind, whatever became of it."""
        mark = f"FATMASTER_STATION={self.folder}".encode()
        for process in pathlib.Path("/proc").iterdir():
            try:
                if process.name.isdigit() and mark in (process / "environ").read_bytes().split(b"\0"):
                    os.kill(int(process.name), signal.SIGKILL)
            except OSError:
                continue

    def service(self, name):
        services = json.loads(self.call("--virtual", "services", "--json").stdout)["services"]
        return next(one for one in services if one["name"] == name)

    def wait_for_state(self, name, state):
        wait_until(lambda: self.service(name)["state"] == state, what=lambda: f"{name} {state}: {self.service(name)} {self.lines}")

    def test_lives_an_hour_and_starts_a_dead_daemon_again_until_that_is_hopeless(self):
        self.watch()
        self.live_an_hour()
        shown = self.call("--virtual", "services").stdout
        for line in ("logging:msg_dumper                RUNNING   pid ", "reconstruction                    STOPPED   Not started"):
            self.assertIn(line, shown)
        started = [line.split("service ")[1].split(":")[-2].strip() for line in self.lines if ": RUNNING" in line]
        self.assertEqual(started[:3], ["msg_dumper", "log_analyser", "chatbot"])
        self.assertEqual(started[-1], "alerts")

        died = self.service("trigger_rate")["pid"]
        os.kill(died, signal.SIGKILL)

        wait_until(lambda: self.service("trigger_rate")["pid"] not in (0, None, died), what=lambda: f"another process: {self.lines}")
        self.wait_for_state("trigger_rate", "RUNNING")
        self.says("monitoring_process:trigger_rate: BACKOFF")
        self.assertEqual(self.invalid(), [])

        since = len(self.lines)
        (self.folder / "bin" / "stand_in").write_text("#!/bin/sh\necho no detector >&2\nexit 1\n")
        os.kill(self.service("trigger_rate")["pid"], signal.SIGKILL)

        self.wait_for_state("trigger_rate", "FATAL")
        self.says("monitoring_process:trigger_rate: FATAL", since)
        self.says("interlock no_triggers: tripped: trigger_rate has had no valid reading", since)
        self.assertEqual(self.service("dom_activity")["state"], "RUNNING")
        self.assertEqual(self.end_watch(), 0)


if __name__ == "__main__":
    unittest.main()
