# A new station folder of each template -> checked, planned, and run to its end with modules that are no D-Eggs: no line of C++.
import json
import os
import pathlib
import shutil
import socketserver
import subprocess
import sys
import tempfile
import threading
import unittest

PROGRAM = pathlib.Path(sys.argv.pop(1)).resolve()
TEMPLATES = ("degg", "commands", "module-stand", "dom")
PATIENCE = 90  # seconds for one command, on a machine that builds something else meanwhile

# What somebody with another detector writes: this file, and the list of modules.
ASK = """#!/bin/sh
exec cat "detector/$1/$2"
"""


class StandModule(socketserver.StreamRequestHandler):
    """One module of the stand: one line each way."""

    def handle(self):
        word = self.rfile.readline().decode().strip()
        self.server.asked.append(word)
        answers = {"serial": self.server.serial, "alive": "yes", "current": "120.5", "off": "yes"}
        self.wfile.write((answers.get(word, "error unknown word") + "\n").encode())


class StandServer(socketserver.ThreadingTCPServer):
    daemon_threads = True

    def __init__(self, serial):
        super().__init__(("127.0.0.1", 0), StandModule)
        self.serial, self.asked = serial, []
        threading.Thread(target=self.serve_forever, daemon=True).start()


class AnotherDetector(unittest.TestCase):
    def setUp(self):
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="fatmaster_stand_"))
        self.addCleanup(shutil.rmtree, self.folder, ignore_errors=True)

    def start(self, *words):
        return subprocess.Popen([str(PROGRAM), "-C", str(self.folder), *words], cwd="/", stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)

    def call(self, *words, status=0):
        process = self.start(*words)
        try:
            text, _ = process.communicate(timeout=PATIENCE)
        finally:
            process.kill()
        self.assertEqual(process.returncode, status, text)
        return text

    def replace(self, name, old, new):
        file = self.folder / name
        text = file.read_text()
        self.assertIn(old, text)
        file.write_text(text.replace(old, new))

    def verdicts(self):
        status = json.loads(self.call("status", "--json"))
        return {module["serial"]: module["verdict"] for module in status["modules"]}

    def test_every_template_passes_station_check_and_plan_at_once(self):
        for template in TEMPLATES:
            with self.subTest(template):
                station = self.folder / template
                said = self.call("init", str(station), "--template", template)
                self.assertIn(f"{station} is a station now", said)
                self.call("-C", str(station), "station", "check")
                plan = self.call("-C", str(station), "plan", "schedules/first.ini")
                self.assertIn("status", plan)
        for name in ("room", "full") if pathlib.Path("schedules/fat_full.ini").exists() else ("room",):
            self.call("-C", str(self.folder / "degg"), "new-schedule", "runs/run/run_00001.json", name, "--template", name)
            self.call("-C", str(self.folder / "degg"), "new-schedule", "runs/run/run_00001.json", name + "_no_hv", "--template", name, "--no-hv")

    def test_nothing_is_ever_written_into_a_folder_that_is_not_empty(self):
        (self.folder / "mine").write_text("mine")
        self.assertIn("is not empty", self.call("init", status=7))
        self.assertEqual([entry.name for entry in self.folder.iterdir()], ["mine"])
        self.assertIn("did you mean 'commands'?", self.call("init", "other", "--template", "command", status=2))

    def test_eight_modules_asked_by_a_shell_script_run_to_their_end(self):
        self.call("init", "--template", "commands")
        serials = [f"LAMP-{number}" for number in range(1, 9)]
        (self.folder / "modules.csv").write_text("serial,address\n" + "".join(f"{serial},slot{number}\n" for number, serial in enumerate(serials)))
        (self.folder / "tasks/ask.sh").write_text(ASK)
        for serial in serials:
            words = self.folder / "detector" / serial
            words.mkdir(parents=True)
            for word, answer in {"alive": "yes", "current": "100", "temperature": "20", "off": "yes"}.items():
                (words / word).write_text(answer + "\n")
        (self.folder / "detector/LAMP-5/temperature").write_text("90\n")

        self.assertIn("run 2: 8 modules", self.call("new-run", "-m", "the lamps", "--modules", str(self.folder / "modules.csv")))
        self.call("new-schedule", "runs/run/run_00002.json", "lamps", "--template", "first")
        self.assertIn("-> fatmaster log new-run", self.call("check", status=1))
        self.call("check", "logbook", "--yes", "--note", "page 3")
        self.assertIn("All is well.", self.call("check"))
        said = self.call("run", "schedules/lamps.ini", status=1)

        self.assertIn("run 2 is COMPLETED", said)
        expected = dict.fromkeys(serials, "passed") | {"LAMP-5": "failed"}
        self.assertEqual(self.verdicts(), expected)
        # One that does not answer is named before the start, by the same command.
        (self.folder / "detector/LAMP-8/alive").unlink()
        self.call("new-run", "-m", "again", "--modules", str(self.folder / "modules.csv"))
        self.call("new-schedule", "runs/run/run_00003.json", "again", "--template", "first")
        refused = self.call("run", "schedules/again.ini", status=7)
        self.assertIn("LAMP-8", refused)
        self.assertIn("'probe' of [modules]", refused)

    def test_eight_modules_with_a_line_protocol_say_who_they_are_and_run_to_their_end(self):
        self.call("init", "--template", "module-stand")
        servers = [StandServer(f"LAMP-{number}") for number in range(1, 9)]
        self.addCleanup(lambda: [server.server_close() for server in servers])
        self.addCleanup(lambda: [server.shutdown() for server in servers])
        self.replace("station.ini", "127.0.0.1:7001-7008", ", ".join(str(server.server_address[1]) for server in servers))

        self.assertIn("run 2: 8 modules", self.call("new-run", "-m", "the lamps"))
        self.replace("schedules/first.ini", "run_00001", "run_00002")
        run = self.start("run", "schedules/first.ini")
        self.call("answer", "--wait", "yes")
        said, _ = run.communicate(timeout=PATIENCE)

        self.assertEqual(run.returncode, 0, said)
        self.assertEqual(self.verdicts(), {server.serial: "passed" for server in servers})
        self.assertTrue(all(server.asked[-1] == "off" for server in servers), "the safe state is the last that they heard of")

    def test_modules_that_speak_iceboot_are_found_by_their_mainboards_and_run_to_their_end(self):
        self.call("init", "--template", "dom")
        sim = self.start("sim", "--modules", "4", "--json")
        self.addCleanup(lambda: (sim.terminate(), sim.wait(), sim.stdout.close()))
        text = ""
        while "]" not in text or '"ports"' not in text.split("]")[-2]:
            text += sim.stdout.readline()
        ports = [word.strip() for word in text.split('"ports"')[1].split("[")[1].split("]")[0].split(",")]
        self.replace("station.ini", "addresses = 5000-5003", "addresses = " + ", ".join(ports))

        made = self.call("new-run", "-m", "four boards")
        self.replace("schedules/first.ini", "run_00001", "run_00002")
        said = self.call("run", "schedules/first.ini")

        self.assertIn("DOM-003", made)
        self.assertIn("run 2 is COMPLETED", said)
        self.assertEqual(self.verdicts(), {f"DOM-00{number}": "passed" for number in range(1, 5)})


if __name__ == "__main__":
    os.environ.pop("FATMASTER_VIRTUAL", None)
    unittest.main()
