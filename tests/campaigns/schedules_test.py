#!/usr/bin/env python3
"""The schedules people start from: planned and rehearsed, and one of them executed on the virtual station.

    schedules_test.py PROGRAM [--execute]
"""
import collections
import json
import pathlib
import subprocess
import sys
import tempfile
import unittest

PROGRAM = pathlib.Path(sys.argv[1]).resolve()
SCHEDULES = pathlib.Path(__file__).resolve().parents[2] / "schedules"
RUN_FILE = "runs/run/run_00001.json"

# How often each task stands in the original's production schedule, as far as there are built-in ones (reference 1a).
PRODUCTION = {
    "status_check": 235,
    "online_mon": 221,
    "bootmon": 81,
    "constant_monitor": 81,
    "slowmon": 80,
    "measure_hv": 37,
    "set_temperature": 5,
    "disable_laser": 4,
    "measure_gain": 4,
    "validate_gain": 4,
    "measure_scaler": 4,
    "measure_spe": 4,
    "manual_input": 3,
    "disable_all_lights": 2,
    "setup": 1,  # by hand there
}


class Schedules(unittest.TestCase):
    def setUp(self):
        self.temporary = tempfile.TemporaryDirectory()
        self.addCleanup(self.temporary.cleanup)
        self.folder = pathlib.Path(self.temporary.name)

    def make_run(self, modules):
        """Modules as the original names them; nobody listens at their ports."""
        (self.folder / "runs" / "run").mkdir(parents=True)
        (self.folder / "runs" / "run_00001").mkdir()
        (self.folder / "station.ini").write_text("", encoding="utf-8")
        run = {}
        for number in range(modules):
            serial = f"DEgg2021-3-{101 + number}"
            run[serial] = f"runs/run_00001/{serial}.json"
            module = {"DEggSerialNumber": serial, "Port": 5000 + number, "fpgaVersion": 272}
            module |= {pmt: {"SerialNumber": f"SQ{number:04}", "HV1e7Gain": 1500} for pmt in ("LowerPmt", "UpperPmt")}
            (self.folder / run[serial]).write_text(json.dumps(module), encoding="utf-8")
        (self.folder / RUN_FILE).write_text(json.dumps(run | {"comment": "", "date": "2026-11-21"}), encoding="utf-8")

    def call(self, *words):
        done = subprocess.run([PROGRAM, "-C", str(self.folder), "--virtual", *words], stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=240)
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)
        return done.stdout

    def plan(self, name):
        return json.loads(self.call("plan", str(SCHEDULES / name), "--json"))

    def test_each_is_planned_and_rehearsed_with_any_number_of_modules(self):
        self.make_run(5)
        for name in ("room_temperature.ini", "fat_full.ini"):
            with self.subTest(name):
                steps = self.plan(name)["steps"]
                self.assertTrue(all("estimate" in step for step in steps if step["task"] != "manual_input"), name)
                self.assertIn("the run is completed", self.call("rehearse", str(SCHEDULES / name), "--quiet-hours", "22:00-07:00"))

    def test_the_full_one_has_what_the_production_schedule_has(self):
        self.make_run(16)
        steps = self.plan("fat_full.ini")["steps"]
        self.assertEqual(collections.Counter(step["task"] for step in steps), PRODUCTION)
        self.assertLess(len((SCHEDULES / "fat_full.ini").read_text(encoding="utf-8").splitlines()), 150)
        loops = collections.Counter(step["title"].split("/")[0] for step in steps if step["task"] == "slowmon")
        self.assertEqual(list(loops.values()), [20, 16, 18, 26])
        targets = [argument["value"] for step in steps for argument in step.get("arguments", []) if argument["name"] == "target"]
        self.assertEqual(targets, ["-40 degC", "-20 degC", "20 degC", "-40 degC", "20 degC"])

    def test_sections_of_the_original_find_their_built_in_tasks(self):
        self.make_run(2)
        sections = {
            "measure_gain": "comment = room temp\nn_jobs = 4",
            "measure_scaler": "comment = dark rate\nuse_fir = True",
            "online_mon": "comment = bolt\nhv_status = moving",
            "bootmon": "comment = cycle\nmode = reboot",
            "constant_monitor": "comment = ritual\nmax_i = 1\nignoreWarn = True",
            "status_check": "reboot = False",
            "dummy_wrapper": "fcurrent = 20\nfdelta = -60",
        }
        text = f"[constants]\nrun_file = {RUN_FILE}\nprefer_builtin = yes\n"
        for task, options in sections.items():
            text += f"[{task}_0]\npackage = degg_measurements.x\ntask = {task}\n{options}\nrun_backup = False\n"
        (self.folder / "original.ini").write_text(text, encoding="utf-8")
        steps = json.loads(self.call("plan", str(self.folder / "original.ini"), "--json"))["steps"]
        self.assertEqual([step["kind"] for step in steps], ["builtin"] * len(sections))
        self.assertEqual([argument["name"] for argument in steps[0]["arguments"]], ["comment", "n_jobs"])

    @unittest.skipUnless("--execute" in sys.argv, "takes a minute")
    def test_the_one_at_room_temperature_passes_on_the_virtual_station(self):
        self.make_run(4)
        said = self.call("rehearse", str(SCHEDULES / "room_temperature.ini"), "--execute")
        self.assertRegex(said, r"\n(\d+) steps: \1 done\n")
        self.assertEqual(said.count("PASSED"), 4)


if __name__ == "__main__":
    unittest.main(argv=sys.argv[:1], verbosity=2)
