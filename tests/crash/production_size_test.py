# A schedule as the original wrote it for the full FAT -> run to its end, killed on the way; its run JSON reads as the original's does.
#
# FATMASTER_FULL=1 plays all 1,114 sections, else every seventh. FATMASTER_SEED says when it is killed.
import json
import os
import pathlib
import random
import re
import subprocess
import time
import unittest

import station

FULL = os.environ.get("FATMASTER_FULL") == "1"
SEED = int(os.environ.get("FATMASTER_SEED", int.from_bytes(os.urandom(4), "big")))
MODULES = 16
KILLS = 8
PATIENCE = 540  # seconds for a whole run

# Task, how often, its options as the original's generator wrote them.
COUNTS = [
    ("trigger_remote_wrapper", 324, "analysis = quick_monitoring\nmodule = None"),
    ("status_check", 235, ""),
    ("online_mon", 221, "comment = bolt\nhv_status = True"),
    ("bootmon", 81, "comment = cycle\nmode = reboot"),
    ("constant_monitor", 81, "comment = ritual\nmax_i = 1"),
    ("slowmon", 80, "comment = recall\nhv_on = False"),
    ("measure_hv", 37, "comment = ramp"),
    ("dummy_wrapper", 5, "fcurrent = 20\nfdelta = -60"),
    ("disable_laser", 4, ""),
    ("measure_stf", 4, ""),
    ("stf_ana", 4, ""),
    ("measure_gain", 4, "comment = room temp\nn_jobs = 4"),
    ("analysis_wrapper", 4, "measurement = gain"),
    ("validate_gain", 4, ""),
    ("measure_scaler", 4, "comment = dark rate\nuse_fir = True"),
    ("measure_spe", 4, "comment = delta t"),
    ("manual_input", 3, ""),
    ("measure_linearity", 3, "comment = linearity"),
    ("measure_pulsed_waveform", 3, "comment = double pulse"),
    ("run_timing", 3, "comment = tts"),
    ("disable_all_lights", 2, ""),
    ("measure_camera", 1, "comment = cameras"),
    ("measure_baseline_flasher", 1, "comment = flasher"),
    ("measure_pattern", 1, "comment = pattern"),
    ("camera_file_checker", 1, ""),
]


def sections():
    """(title, task, options), the tasks spread evenly as in a campaign that repeats itself."""
    spread = []
    for rank, (task, count, options) in enumerate(COUNTS):
        for number in range(count):
            spread.append(((number + 0.5) / count, rank, f"{task}_{number}", task, options))
    chosen = [entry[2:] for entry in sorted(spread)]
    return chosen if FULL else chosen[::7]


def schedule(steps, functions):
    text = f"[constants]\nrun_file = runs/run/run_00001.json\nverbose = True\npython_path = {functions}\n"
    for title, task, options in steps:
        text += f"\n[{title}]\npackage = fat_standins.{task}\ntask = {task}\n{options}\nrun_backup = False\n"
    return text


def module(number, port):
    """In the original's schema, as far as anybody reads it."""
    pmt = {"SerialNumber": f"SQ{number:04}", "HVB": "B", "HV1e7Gain": 1500.0, "HV1e7GainDefault": 1500, "SPEPeakHeight": 0.0036}
    return {
        "DEggSerialNumber": f"DEgg2021-3-{number:03}",
        "UpperPmt": pmt,
        "LowerPmt": pmt,
        "flashID": -1,
        "ICMID": f"{number:016x}",
        "fpgaVersion": 272,
        "IcebootVersion": 62,
        "BoxNumber": "R-B-1",
        "Port": port,
        "Constants": {"Samples": 128, "AdcMin": 7600, "AdcRange": 9000, "Events": 10000, "DacValue": 30000},
    }


def degg_names(run_json):
    """The original's reader: every key it does not know is a module's path."""
    names = []
    for key, value in run_json.items():
        if key in ("comment", "date", "end_time", "RunTerminated") or value in (-1, 0, 1):
            continue
        if key[:-1] == "ManualInputTime" or key[:-3] == "MasterFAT":
            continue
        names.append(key)
        with open(value, encoding="utf-8") as file:
            json.load(file)
    return names


class ProductionSize(unittest.TestCase):
    def setUp(self):
        self.steps = sections()
        self.sim = subprocess.Popen(
            [station.PROGRAM, "sim", "--modules", str(MODULES), "--json", "--speed", "1000"], stdout=subprocess.PIPE, text=True
        )
        self.addCleanup(self.end_sim)
        ports = self.read_ports()
        self.station = station.Station("", [module(number, port) for number, port in enumerate(ports)])
        self.addCleanup(self.station.close)
        functions = self.station.folder / "python"
        self.write_functions(functions / "fat_standins")
        (self.station.folder / station.SCHEDULE).write_text(schedule(self.steps, functions))

    def end_sim(self):
        self.sim.terminate()
        self.sim.wait(timeout=station.BOUND)
        self.sim.stdout.close()

    def read_ports(self):
        text = ""
        for line in self.sim.stdout:
            text += line
            if line.startswith("}"):
                break
        return json.loads(text)["ports"]

    def write_functions(self, package):
        package.mkdir(parents=True)
        (package / "__init__.py").write_text("")
        for task, _, options in COUNTS:
            names = re.findall(r"^(\w+) =", options, re.MULTILINE)
            parameters = ", ".join(["run_file", *names])
            (package / f"{task}.py").write_text(f"def {task}({parameters}):\n    assert run_file.endswith('run_00001.json'), run_file\n")

    def answer(self):
        for prompt in (self.station.status() or {}).get("prompts", ()):
            value = {"manual_input": ["yes"], "recovery": ["rerun", "--reason", "it does nothing"]}.get(prompt["purpose"])
            self.assertIsNotNone(value, prompt)
            told = self.station.tell("answer", str(prompt["id"]), *value)
            self.assertEqual(told.returncode, 0, told.stderr)

    def ended(self):
        journal = self.station.events("attempt_ended")
        return len({event.key[0] for event in journal if event.body["outcome"] == "done"})

    def play(self, steps):
        """Until so many steps are done or the run has ended."""
        patience = time.monotonic() + PATIENCE
        while self.station.process.poll() is None and (steps >= len(self.steps) or self.ended() < steps):
            self.assertLess(time.monotonic(), patience, self.station.terminal()[-2000:])
            self.answer()
            try:
                self.station.process.wait(timeout=0.2)
            except subprocess.TimeoutExpired:
                pass

    def test_it_is_planned_run_killed_and_resumed_and_its_run_json_reads_as_the_originals(self):
        rng = random.Random(SEED)
        print(f"FATMASTER_SEED={SEED}", flush=True)
        self.print_planning_time()
        began = time.monotonic()
        self.station.run()
        kills = 0
        for steps in sorted(rng.sample(range(1, len(self.steps) - 2), KILLS)):
            self.play(steps)
            self.assertIsNone(self.station.process.poll(), self.station.terminal()[-2000:])
            if rng.random() < 0.5:
                self.station.kill_scheduler()
            else:
                self.station.cut_power()
            kills += 1
            self.station.resume()
        self.play(len(self.steps))
        self.assertEqual(self.station.process.returncode, 0, self.station.terminal()[-3000:])
        print(f"{len(self.steps)} sections, {MODULES} modules, {kills} kills: {time.monotonic() - began:.1f} s", flush=True)
        self.check_run_json()

    def print_planning_time(self):
        fastest = 60.0
        for _ in range(5):
            began = time.monotonic()
            told = self.station.tell("plan", station.SCHEDULE)
            fastest = min(fastest, time.monotonic() - began)
            self.assertEqual(told.returncode, 0, told.stderr)
        listed = [line for line in told.stdout.splitlines() if re.match(r"\[\d+\] ", line)]
        self.assertEqual(len(listed), len(self.steps))
        print(f"fatmaster plan: {1000 * fastest:.0f} ms for {len(self.steps)} sections, process and all", flush=True)

    def check_run_json(self):
        view = self.station.view()
        serials = [module(number, 0)["DEggSerialNumber"] for number in range(MODULES)]
        self.assertEqual(degg_names(view), serials)
        known = {*serials, "comment", "date", "MasterFAT_00"}
        asked = sum(task == "manual_input" for _, task, _ in self.steps)
        known |= {f"ManualInputTime{number}" for number in range(asked)}
        self.assertEqual(set(view), known)
        master = view["MasterFAT_00"]
        tasks = {key: value for key, value in master.items() if value in (-1, 0, 1)}
        self.assertEqual(tasks, {f"[{index}] {title}": 1 for index, (title, _, _) in enumerate(self.steps)})
        self.assertEqual(list(tasks), list(master)[: len(tasks)])
        self.assertTrue(pathlib.Path(master["ConfigPath"]).is_file(), master["ConfigPath"])
        self.assertRegex(master["Date"], r"^\d{4}-\d\d-\d\d$")
        self.assertRegex(master["end_time"], r"^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\.\d{6}$")


if __name__ == "__main__":
    unittest.main()
