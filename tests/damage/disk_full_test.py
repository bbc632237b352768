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

NAMESPACE = ["unshare", "--mount", "--propagation", "private"] if os.getuid() == 0 else ["unshare", "--user", "--map-root-user", "--mount"]
INSIDE = "FATMASTER_TEST_IN_NAMESPACE"
SIZE = 8 << 20
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

    def open_run(self, recovery):
        self.open_station(STEPS.format(recovery) + SAFE, slow=SLOW)
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
                    filler.write(bytes(65536))
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

    def test_a_step_that_ends_on_a_full_disk_is_not_lost_and_not_repeated(self):
        suspended = 0
        for left in (0, 4096, 8192, 16384, 65536, 262144):
            with self.subTest(left=left):
                self.trace.write_text("")
                self.open_run("ask")
                self.fill(left)
                self.open_gate()
                self.wait_until_nothing_moves()
                status = self.station.status() or {}
                suspended += status.get("status") == "suspended"
                if status.get("status") == "suspended":
                    self.assertNotIn("start two 1", self.station.lines())
                self.free()
                self.assertEqual(self.station.wait_for_end(), 0, self.station.terminal())
                self.assertEqual(self.station.lines(), ["start one 1", "end one 1", "start two 1", "start three 1", "start laser off 1"])
                self.expect_a_sound_end()
                self.station.close()
                self.station.close = lambda: None
        print(f"disk full at the end of a step: 6 times, the run waited for room {suspended} times")
        self.assertGreater(suspended, 0)

    def test_a_person_is_told_why_nothing_starts(self):
        self.open_run("ask")
        self.fill(0)
        self.open_gate()
        self.station.wait_for_status("suspended")

        status = self.station.tell("status")

        self.assertIn("cannot be written", status.stdout + status.stderr)
        self.assertIn("disk", self.station.terminal())
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
