# What is wrong with the calls of a schedule is found without calling anything.
import json
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile
import time
import unittest

PREFLIGHT = pathlib.Path(__file__).resolve().parents[2] / "tools/python/fatmaster_preflight.py"
BOUND = 30  # seconds; reached only when something hangs
MEASURE = "def measure(run_file, comment, n_jobs='4', ignoreWarn=False):\n    raise SystemError('it was called')\n"


class Preflight(unittest.TestCase):
    def setUp(self):
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="fat_preflight_"))
        self.addCleanup(shutil.rmtree, self.folder)

    def check(self, *calls, patience=BOUND, as_original=False, **modules):
        """[findings] for the calls (package, task, options); `modules` are written first."""
        for name, source in modules.items():
            (self.folder / (name + ".py")).write_text(source)
        request = {"patience_s": patience, "folders": [str(self.folder)], "calls": [{"package": package, "task": task, "options": options} for package, task, options in calls]}
        environment = {**os.environ, "PYTHONPATH": str(self.folder), "FATMASTER_AS_ORIGINAL": "1" if as_original else ""}
        ended = subprocess.run([sys.executable, str(PREFLIGHT)], input=json.dumps(request), env=environment, capture_output=True, text=True, timeout=2 * BOUND, check=False)
        self.assertEqual((ended.returncode, ended.stderr), (0, ""))
        *lines, self.counts = [json.loads(line) for line in ended.stdout.splitlines()]
        findings = [line for line in lines if "call" in line]
        self.files = {line["package"]: [os.path.relpath(file, self.folder) for file in line["files"]] for line in lines if "files" in line}
        self.assertIn("packages", self.counts)
        return findings

    def only(self, findings, level, *texts, call=0):
        self.assertEqual([(finding["level"], finding["call"]) for finding in findings], [(level, call)], findings)
        for text in texts:
            self.assertIn(text, findings[0]["text"])

    def test_what_fits_is_not_a_word_and_nothing_is_called(self):
        self.assertEqual(self.check(("daq", "measure", ["ignorewarn", "comment"]), ("daq", "measure", ["comment"]), daq=MEASURE), [])
        self.assertEqual(self.counts, {"packages": 1, "functions": 1, "calls": 2})

    def test_a_package_tells_its_file_and_the_own_modules_it_imports_in_any_way(self):
        (self.folder / "lab/deep").mkdir(parents=True)
        for name in ("lab/__init__", "lab/deep/__init__", "lab/other"):
            (self.folder / (name + ".py")).write_text("")
        (self.folder / "lab/limits.py").write_text("from helper import SIGMA\n")
        (self.folder / "lab/deep/scan.py").write_text("import json\nfrom .. import limits\n" + MEASURE)
        calls = ("lab.deep.scan", "measure", ["comment"]), ("lab.other", "measure", []), ("single", "measure", ["comment"])
        self.check(*calls, helper="SIGMA = 3\n", single=MEASURE)
        self.assertEqual(self.files["lab.deep.scan"], ["helper.py", "lab/__init__.py", "lab/deep/__init__.py", "lab/deep/scan.py", "lab/limits.py"])
        self.assertEqual(self.files["lab.other"], ["lab/__init__.py", "lab/other.py"])
        self.assertEqual(self.files["single"], ["single.py"])

    def test_a_missing_module_and_a_missing_function_are_named(self):
        self.only(self.check(("nowhere.daq", "measure", [])), "error", "no module 'nowhere'", "python_path")
        self.only(self.check(("daq", "mesure", []), daq=MEASURE), "error", "has no function 'mesure'; did you mean 'measure'?")

    def test_too_few_and_too_many_options_are_errors_that_say_where_the_function_is(self):
        self.only(self.check(("daq", "measure", ["n_jobs"]), daq=MEASURE), "error", "missing a required argument: 'comment'", "daq.py:1")
        self.only(self.check(("daq", "measure", list("abcd")), daq=MEASURE), "error", "too many positional arguments", "daq.py:1")

    def test_a_value_that_would_land_under_another_name_is_an_error_or_accepted(self):
        call = ("daq", "measure", ["coment", "ignorewarn"])
        self.only(self.check(call, daq=MEASURE), "error", "'ignorewarn' would land in 'n_jobs'", "did you mean 'comment'?", "daq.py:1")
        self.only(self.check(call, daq=MEASURE, as_original=True), "warning", "accepted as the original does: 'ignorewarn' lands in 'n_jobs'")

    def test_an_unknown_name_says_what_it_overrides(self):
        findings = self.check(("daq", "measure", ["comment", "jobs"]), daq=MEASURE)
        self.only(findings, "warning", "'jobs' names no parameter", "goes to 'n_jobs', in place of its default '4'", "did you mean 'n_jobs'?")
        self.assertEqual(findings[0]["option"], 1)

    def test_a_mistake_made_often_is_told_once(self):
        findings = self.check(*[("daq", "measure", ["n_jobs"])] * 80, daq=MEASURE)
        self.only(findings, "error", "missing a required argument")
        self.assertEqual(findings[0]["also"], 79)

    def test_an_import_that_fails_says_why_and_where(self):
        findings = self.check(("daq", "measure", []), ("daq", "other", []), daq="import json\nimport skippylab_that_is_not_there\n")
        self.only(findings, "error", "No module named 'skippylab_that_is_not_there'", "daq.py:2")
        self.assertEqual(findings[0]["also"], 1)

    def test_an_import_that_exits_dies_or_asks_hides_nothing_of_the_others(self):
        root = self.folder / "lab"
        root.mkdir()
        for name, source in {"__init__": "", "leaves": "import sys\nsys.exit('no config')\n", "gone": "import os\nprint('so long', flush=True)\nos._exit(3)\n",
                             "killed": "import os\nos.kill(os.getpid(), 11)\n", "asks": "input('which bench? ')\n", "good": MEASURE}.items():
            (root / (name + ".py")).write_text(source)
        findings = self.check(*[("lab." + name, "measure", []) for name in ("leaves", "gone", "killed", "asks", "good")])
        texts = [finding["text"] for finding in findings]
        self.assertEqual([finding["call"] for finding in findings], [0, 1, 2, 3, 4], texts)
        for text, expected in zip(texts, ("sys.exit('no config') at ", "(exit status 3); it printed: so long", "(SIGSEGV)", "EOFError", "missing a required argument")):
            self.assertIn(expected, text)

    def test_an_import_that_hangs_is_ended_with_what_it_started(self):
        hangs = "import subprocess\nchild = subprocess.Popen(['sleep', '1000'])\nprint(child.pid, flush=True)\nchild.wait()\n"
        findings = self.check(("daq", "measure", []), ("other", "measure", ["comment"]), patience=1, daq=hangs, other=MEASURE)
        self.only(findings, "error", "importing daq does not end within 1 s; it printed: ")
        child = int(findings[0]["text"].rsplit(" ", 1)[1])
        deadline = time.monotonic() + BOUND
        while self.lives(child):
            self.assertLess(time.monotonic(), deadline)

    @staticmethod
    def lives(process):
        try:
            return pathlib.Path("/proc/%d/stat" % process).read_text().rsplit(")", 1)[1].split()[0] != "Z"
        except OSError:
            return False

    def test_an_import_that_leaves_a_process_behind_holds_nothing_up(self):
        leaves = "import os, time\nif os.fork() == 0:\n    time.sleep(1000)\n    os._exit(0)\n" + MEASURE
        self.assertEqual(self.check(("daq", "measure", ["comment"]), patience=2 * BOUND, daq=leaves), [])

    def test_an_import_that_writes_to_our_descriptors_is_not_believed_blindly(self):
        writes = "import os\nfor fd in range(3, 20):\n    try:\n        os.write(fd, b'garbage\\n[1]\\n{\"importing\": \"nothing\"}\\n')\n    except OSError:\n        pass\n" + MEASURE
        self.only(self.check(("daq", "measure", []), daq=writes), "error", "missing a required argument")

    def test_an_import_that_prints_without_end_fills_no_disk(self):
        findings = self.check(("daq", "measure", []), daq="while True:\n    print('x' * 65536)\n")
        self.only(findings, "error", "importing daq fails: OSError: [Errno 27]")

    def test_1114_calls_of_25_functions_cost_little_beside_the_imports(self):
        functions = "".join("def task_%d(run_file, a, b='1', c='2'):\n    pass\n" % number for number in range(25))
        calls = [("daq", "task_%d" % (number % 25), ["a", "b", "c"][: 1 + number % 3]) for number in range(1114)]
        began = time.process_time() + sum(os.times()[2:4])
        self.assertEqual(self.check(*calls, daq=functions), [])
        print("%.2f s of processor time" % (time.process_time() + sum(os.times()[2:4]) - began))

    def test_what_is_no_request_is_one_sentence(self):
        for text in ("", "[]", '{"calls": 3}', "[" * 100000):
            ended = subprocess.run([sys.executable, str(PREFLIGHT)], input=text, capture_output=True, text=True, timeout=BOUND, check=False)
            self.assertEqual(ended.returncode, 2)
            self.assertIn("this is no request", ended.stderr)


if __name__ == "__main__":
    unittest.main()
