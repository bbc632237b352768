# The program installed alone: an ordinary user's demo campaign, answered by a second process.
import json
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile
import unittest

CMAKE, BUILD, SOURCE = sys.argv.pop(1), pathlib.Path(sys.argv.pop(1)).resolve(), pathlib.Path(__file__).resolve().parents[2]
NOBODY = 65534
PATIENCE = 180  # seconds that the demo may take, watched by strace on a busy machine


def listing(folder):
    return {str(path) for path in folder.rglob("*")} if folder.is_dir() else set()


def processes_of(text):
    """Command lines of living processes that name `text` in them or in their environment."""
    found = []
    for entry in pathlib.Path("/proc").iterdir():
        try:
            if entry.name.isdigit() and int(entry.name) != os.getpid():
                words = (entry / "cmdline").read_bytes()
                if text.encode() in words + (entry / "environ").read_bytes() and b"fat" in words:
                    found.append(words.replace(b"\0", b" ").decode("utf-8", "replace"))
        except OSError:
            continue  # ended meanwhile, or not ours
    return found


class InstalledDemo(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.folder = pathlib.Path(tempfile.mkdtemp(prefix="fatmaster_installed_"))
        cls.addClassCleanup(shutil.rmtree, cls.folder)
        cls.prefix = cls.folder / "prefix"
        subprocess.run([CMAKE, "--install", BUILD, "--prefix", cls.prefix, "--strip"], check=True, stdout=subprocess.DEVNULL)
        cls.station = cls.folder / "home" / "demo"
        cls.home = cls.station.parent
        cls.folder.chmod(0o755)
        cls.make(cls.home)

    @staticmethod
    def make(folder):
        """A folder of the ordinary user."""
        folder.mkdir()
        if os.geteuid() == 0:
            os.chown(folder, NOBODY, NOBODY)

    def start(self, *words, **how):
        """As an ordinary user with a bare environment; where strace is, every file it opens is written down."""
        other = {"user": NOBODY, "group": NOBODY, "extra_groups": []} if os.geteuid() == 0 else {}
        environment = {"PATH": "/usr/bin:/bin", "HOME": "/nonexistent", "LANG": "C.UTF-8"}
        return subprocess.Popen([*how.pop("trace", []), str(self.prefix / "bin/fatmaster"), *words], cwd=self.home, env=environment, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, start_new_session=True, **other)

    def play_demo(self, trace=()):
        shutil.rmtree(self.station, ignore_errors=True)
        self.make(self.station)  # there before the answering process watches it
        demo = self.start("demo", str(self.station), trace=list(trace))
        try:
            answer = self.start("-C", str(self.station), "answer", "--wait", "yes", "--reason", "the test says so")
            said = answer.communicate(timeout=PATIENCE)[0]
            text = demo.communicate(timeout=PATIENCE)[0]
        except subprocess.TimeoutExpired as late:
            demo.kill()
            answer.kill()
            raise AssertionError(f"not over after {PATIENCE} s: {late.cmd}\n{demo.communicate()[0]}{answer.communicate()[0]}") from late
        finally:
            if demo.poll() is None:
                demo.kill()
                demo.communicate()
        self.assertEqual(answer.returncode, 0, said + text)
        self.assertEqual(demo.returncode, 0, text)
        return text

    def trace(self):
        """Writes down every file that is opened, where strace is."""
        if not shutil.which("strace"):
            return [], None
        self.make(self.folder / "traces")
        record = self.folder / "traces/trace"
        return ["strace", "-f", "-qq", "-e", "trace=file", "-o", str(record)], record

    def test_a_station_made_of_an_installed_template_runs(self):
        station = self.home / "lamps"
        self.addCleanup(shutil.rmtree, station)
        for words in (["init", str(station), "--template", "commands"], ["-C", str(station), "new-schedule", "runs/run/run_00001.json", "again", "--template", "first"], ["-C", str(station), "run", "schedules/again.ini"]):
            process = self.start(*words)
            text = process.communicate(timeout=PATIENCE)[0]
            self.assertEqual(process.returncode, 0, text)
        self.assertIn("run 1 is COMPLETED", text)

    def test_the_demo_is_completed_writes_only_its_folder_and_leaves_nothing_behind(self):
        places = [self.prefix, pathlib.Path("/nonexistent"), pathlib.Path("/run/user") / str(NOBODY)]
        before = [listing(place) for place in places]
        temporary = set(os.listdir("/tmp"))
        trace, record = self.trace()
        text = self.play_demo(trace)

        self.assertIn("run 1 is COMPLETED", text)
        self.assertIn("VIRTUAL", text)
        self.assertIn("4 of 4 modules", text)
        self.assertEqual([listing(place) for place in places], before)
        self.assertEqual(os.listdir(self.home), ["demo"])
        ours = [name for name in set(os.listdir("/tmp")) - temporary if self.is_nobodys(pathlib.Path("/tmp") / name)]
        self.assertEqual(ours, [])
        self.assertEqual(processes_of(str(self.folder)), [])
        self.no_file_of_the_source_tree_was_opened(record)
        self.what_was_measured_is_there()
        self.a_second_demo_in_the_same_folder_is_refused()

    def no_file_of_the_source_tree_was_opened(self, record):
        lines = record.read_text(errors="replace").splitlines() if record else []
        self.assertEqual([line for line in lines if f'"{SOURCE}/' in line or f'"{SOURCE}"' in line], [])

    def what_was_measured_is_there(self):
        report = (self.station / "runs/run_00001/report.html").read_text()
        self.assertIn("VIRTUAL station", report)
        self.assertIn("data:image/svg+xml;base64,", report)
        curves = sorted((self.station / "runs/run_00001/steps").glob("*_gain_scan/attempt_1/*_gain.svg"))
        self.assertEqual(len(curves), 8)
        modules = [json.loads(path.read_text()) for path in (self.station / "runs/run_00001").glob("DEgg*.json")]
        for pmt in (module[name] for module in modules for name in ("UpperPmt", "LowerPmt")):
            self.assertIn("GainMeasurement_00", pmt)
            self.assertTrue(1000 < pmt["HV1e7Gain"] < 2000, pmt)
            self.assertIn("DarkrateScalerMeasurement_00", pmt)

    def a_second_demo_in_the_same_folder_is_refused(self):
        again = self.start("demo", str(self.station))
        text = again.communicate(timeout=PATIENCE)[0]

        self.assertEqual(again.returncode, 7, text)
        self.assertIn("name another folder", text)

    def is_nobodys(self, path):
        try:
            return os.geteuid() == 0 and path.lstat().st_uid == NOBODY
        except FileNotFoundError:
            return False

    def test_the_man_page_and_the_completion_are_there(self):
        for name in ("share/man/man1/fatmaster.1", "share/bash-completion/completions/fatmaster", "share/fatmaster/schedules/demo.ini", "share/fatmaster/grafana/prometheus.json"):
            self.assertTrue((self.prefix / name).is_file(), name)


if __name__ == "__main__":
    unittest.main()
