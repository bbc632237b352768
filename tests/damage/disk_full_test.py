# A station on a small file system of its own that is full at any moment and then freed again -> nothing is lost, nothing done
# twice, no step starts meanwhile, and the run goes on by itself.
#   FATMASTER=build/dev/fatmaster python3 tests/damage/disk_full_test.py
# Needs a mount namespace (root, or user namespaces). Without: a printed reason; ENOSPC of each single call is tests/syscalls.
import json
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile
import unittest

from scene import SAFE, SLOW, Scene, station

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "people"))
from webhook_stand_in import Hook  # noqa: E402

NAMESPACE = ["unshare", "--mount", "--propagation", "private"] if os.getuid() == 0 else ["unshare", "--user", "--map-root-user", "--mount"]
INSIDE = "FATMASTER_TEST_IN_NAMESPACE"
SIZE = 160 << 20  # a run does not begin with less than 0.1 GiB free
STEPS = "[one]\ncommand = sh slow.sh\nrecovery = {}\n[two]\ncommand = sh note.sh\n[three]\ncommand = sh note.sh\n"


class SmallDisk(Scene):
    def setUp(self):
        self.outside = pathlib.Path(tempfile.mkdtemp(prefix="fat_damage_"))
        self.addCleanup(shutil.rmtree, self.outside)
        self.disk = self.outside / "disk"
        self.disk.mkdir()
        subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={SIZE}", "tmpfs", self.disk], check=True)
        self.addCleanup(subprocess.run, ["umount", "--lazy", self.disk], check=True)
        tempfile.tempdir = str(self.disk)
        self.addCleanup(setattr, tempfile, "tempdir", None)
        for name in ("TRACE", "GATE"):  # where the disk is never full
            os.environ[name] = str(self.outside / name)
            self.addCleanup(os.environ.pop, name)
        os.mkfifo(self.outside / "GATE")
        self.trace = self.outside / "TRACE"
        self.trace.touch()

    def open_run(self, recovery, settings=""):
        self.open_station(STEPS.format(recovery) + SAFE, slow=SLOW)
        (self.station.folder / "station.ini").write_text(settings)
        self.station.trace = self.trace
        with open(self.outside / "terminal.log", "ab") as log:
            self.station.process = subprocess.Popen(
                [station.PROGRAM, "run", station.SCHEDULE],
                cwd=self.station.folder,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )
        self.station.terminal = lambda: (self.outside / "terminal.log").read_text(errors="replace")
        self.station.wait_for_line("start one 1")

    def fill(self, left):
        """Fills the disk up to `left` free bytes."""
        with open(self.disk / "filler", "wb", buffering=0) as filler:
            try:
                while True:
                    filler.write(bytes(1 << 16))
            except OSError:
                pass
            if left:
                os.ftruncate(filler.fileno(), max(0, filler.seek(0, os.SEEK_END) - left))

    def free(self):
        (self.disk / "filler").unlink()

    def open_gate(self):
        with open(self.outside / "GATE", "w", encoding="utf-8") as gate:
            gate.write("go\n")

    def wait_until_nothing_moves(self):
        """The run is through, or waits for room or for a person."""

        def rests():
            if self.station.process.poll() is not None:
                return True
            status = self.station.status()
            return status and status["status"] in ("suspended", "waiting", "paused")

        station.wait_until(rests, what=lambda: f"rest\n{self.station.terminal()}")

    def expect_a_sound_end(self):
        doctor = self.station.tell("doctor")
        self.assertRegex(doctor.stdout, "whole: [0-9]+ events")
        self.assertEqual(len(self.station.events("run_ended")), 1)
        view = self.station.view()["MasterFAT_00"]
        self.assertEqual([view[key] for key in ("[0] one", "[1] two", "[2] three")], [1, 1, 1])

    def end_a_step_on_a_disk_with(self, left):
        """The step ends while `left` bytes are free; then there is room again. True when the run waited for it."""
        self.open_run("ask")
        self.fill(left)
        self.open_gate()
        self.wait_until_nothing_moves()
        waited = (self.station.status() or {}).get("status") == "suspended"
        if waited:
            before = self.station.lines()
            self.station.tell("status")
            self.assertEqual(self.station.lines(), before)
        self.free()
        self.finish(0)
        *steps, safe = self.station.lines()
        self.assertEqual(steps, ["start one 1", "end one 1", "start two 1", "start three 1"])
        self.assertRegex(safe, "start laser off [12]")  # one whose intent could not be stored did not begin
        self.expect_a_sound_end()
        print(f"a step ended with {left} bytes free: the run {'waited for room' if waited else 'went through'}")
        return waited

    def test_a_step_that_ends_on_a_full_disk_is_neither_lost_nor_repeated(self):
        self.assertTrue(self.end_a_step_on_a_disk_with(0))

    def test_a_step_that_ends_with_a_page_left_is_neither_lost_nor_repeated(self):
        self.end_a_step_on_a_disk_with(4096)

    def test_a_step_that_ends_with_little_left_is_neither_lost_nor_repeated(self):
        self.end_a_step_on_a_disk_with(65536)

    def test_a_person_is_told_why_nothing_starts(self):
        hook = Hook()
        self.addCleanup(hook.close)
        os.environ["FAT_HOOK"] = hook.url
        self.addCleanup(os.environ.pop, "FAT_HOOK")
        self.open_run("ask", "[sink chat]\nkind = webhook\nurl_env = FAT_HOOK\n")
        self.fill(0)
        self.open_gate()
        self.station.wait_for_status("suspended")

        status = self.station.tell("status")

        self.assertIn("cannot be written", status.stdout + status.stderr)
        self.assertIn("disk", self.station.terminal())
        told = lambda: any("ALARM: the journal cannot be written" in text for text in hook.texts)  # noqa: E731
        self.assertTrue(hook.wait_for(told), hook.texts)
        self.free()
        self.finish(0)

    def test_a_scheduler_killed_on_a_full_disk_is_resumed_when_there_is_room(self):
        self.open_run("rerun")
        self.fill(0)
        self.open_gate()
        self.wait_until_nothing_moves()
        self.station.kill_scheduler()
        refused = self.station.tell("resume")
        self.assertNotIn(refused.returncode, (0, 70), refused.stderr)
        self.assertGreater(refused.returncode, 0)
        self.free()

        self.station.resume()

        self.assertEqual(self.station.wait_for_end(), 0, self.station.terminal())
        lines = self.station.lines()
        self.assertEqual([line for line in lines if "one" in line][:2], ["start one 1", "end one 1"])
        self.assertEqual(lines.count("start two 1") + lines.count("start three 1"), 2)
        self.expect_a_sound_end()

    def test_no_run_begins_on_a_full_disk(self):
        self.open_station(STEPS.format("ask"), slow=SLOW)
        self.fill(0)

        told = self.station.tell("run", station.SCHEDULE)

        self.assertNotIn(told.returncode, (0, 70), told.stderr)
        self.assertGreater(told.returncode, 0)
        self.assertRegex((told.stderr + told.stdout).lower(), "space|disk|room")
        self.assertEqual(self.trace.read_text(), "")
        self.assertIsInstance(json.loads(self.station.run_json.read_text()), dict)


def main():
    if os.environ.get(INSIDE) == "1":
        unittest.main()
    try:
        possible = subprocess.run([*NAMESPACE, "mount", "-t", "tmpfs", "tmpfs", "/mnt"], capture_output=True, check=False)
        reason = possible.stderr.decode().strip() if possible.returncode else ""
    except OSError as error:
        reason = str(error)
    if reason:
        print(f"SKIPPED: no file system of our own can be mounted here ({reason})")
        return
    sys.exit(subprocess.run([*NAMESPACE, sys.executable, "-B", "-W", "error", *sys.argv], env={**os.environ, INSIDE: "1"}, check=False).returncode)


if __name__ == "__main__":
    main()
