# A station folder of two commands, the program called in it, and whether it wrote anything. The program is the first argument.
import json
import os
import pathlib
import shutil
import stat
import subprocess
import sys
import tempfile
import unittest

PROGRAM = pathlib.Path(sys.argv.pop(1)).resolve()
NOBODY = 65534
SCHEDULE = "[constants]\nrun_file = runs/run/run_00001.json\n[first]\ncommand = true\n[second]\ncommand = true\n"


def listing(folder):
    """Every path below with all that a write would change."""
    found = {}
    for path in sorted(folder.rglob("*")):
        info = path.lstat()
        found[str(path)] = (stat.filemode(info.st_mode), info.st_size, info.st_mtime_ns)
    return found


class CommandFolder(unittest.TestCase):
    def setUp(self):
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="fatmaster_command_line_"))
        self.addCleanup(self.remove)
        (self.folder / "runs/run").mkdir(parents=True)
        self.write("station.ini", "[station]\nname = bench\n")
        self.write("ok.ini", SCHEDULE)
        self.write("runs/run/run_00001.json", json.dumps({"comment": "x", "date": "2026-11-21"}))

    def remove(self):
        for path in [self.folder, *self.folder.rglob("*")]:
            if path.is_dir() and not path.is_symlink():
                path.chmod(0o755)
        shutil.rmtree(self.folder)

    def write(self, name, text):
        (self.folder / name).write_text(text, encoding="utf-8")

    def call(self, *words, ordinary_user=False, station=None, environment=None):
        front = [str(PROGRAM), "-C", str(station or self.folder)]
        other = {"user": NOBODY, "group": NOBODY, "extra_groups": []} if ordinary_user and os.geteuid() == 0 else {}
        known = os.environ | (environment or {})
        return subprocess.run(front + list(words), cwd=self.folder, stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=60, env=known, **other)

    def refused(self, status, text, *words, **how):
        """Refused with that status, saying that, and not a byte of the folder has changed."""
        before = listing(self.folder)
        ended = self.call(*words, **how)
        self.assertEqual(ended.returncode, status, ended.stderr)
        self.assertIn(text, ended.stderr)
        self.assertNotIn("internal error", ended.stderr)
        self.assertEqual(ended.stdout, "")
        said = [line for line in ended.stderr.splitlines() if not line.startswith("warning: ")]
        self.assertLessEqual(len(said), 3, ended.stderr)
        self.assertEqual(listing(self.folder), before)

    def told(self, *words, **how):
        """What it prints; it must succeed."""
        ended = self.call(*words, **how)
        self.assertEqual(ended.returncode, 0, ended.stdout + ended.stderr)
        return ended.stdout
