# Eight schedulers at one moment, and folders that may only be read -> one owner; and what can be read is read, the rest refused in words.
#   FATMASTER=build/dev/fatmaster python3 tests/damage/owners_test.py
import os
import shutil
import subprocess
import tempfile
import pathlib
import unittest

from scene import SLOW, Scene, station

SCHEDULERS = 8
NOBODY = 65534


class Owners(Scene):
    def open_gate(self):
        with open(self.station.folder / "gate", "w", encoding="utf-8") as gate:
            gate.write("go\n")

    def test_of_eight_schedulers_at_one_moment_one_runs_and_the_others_say_who_it_is(self):
        self.open_station("[one]\ncommand = sh slow.sh\n[two]\ncommand = sh note.sh\n", slow=SLOW)
        os.mkfifo(self.station.folder / "gate")
        started = [
            subprocess.Popen(
                [station.PROGRAM, "run", station.SCHEDULE],
                cwd=self.station.folder,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.PIPE,
                start_new_session=True,
                text=True,
            )
            for _ in range(SCHEDULERS)
        ]
        self.addCleanup(lambda: [process.stderr.close() for process in started])
        # Those that are refused end by themselves, the owner waits at the gate.
        station.wait_until(lambda: sum(process.poll() is None for process in started) == 1, what="seven refusals")
        owner = next(process for process in started if process.poll() is None)
        self.station.process = owner
        self.station.wait_for_line("start one 1")

        for process in started:
            if process is not owner:
                said = process.stderr.read()
                self.assertEqual(process.returncode, 6, said)
                self.assertIn(f"process {self.station.engine()}", said)
        self.open_gate()
        self.assertEqual(owner.wait(station.BOUND), 0)
        self.assertEqual(self.station.lines(), ["start one 1", "end one 1", "start two 1"])


class ReadOnlyFolders(Scene):
    """As somebody who may not write there: an ordinary user as himself, root as nobody."""

    def setUp(self):
        self.programs = tempfile.mkdtemp(prefix="fat_damage_")
        self.addCleanup(shutil.rmtree, self.programs)
        os.chmod(self.programs, 0o755)
        self.program = station.PROGRAM
        if os.getuid() == 0:  # the build folder may be closed to others
            for name in (pathlib.Path(station.PROGRAM), pathlib.Path(station.PROGRAM).with_name("fat-step")):
                shutil.copy(name, self.programs)
            self.program = str(pathlib.Path(self.programs) / pathlib.Path(station.PROGRAM).name)

    def as_reader(self, *words):
        user = {"user": NOBODY, "group": NOBODY, "extra_groups": []} if os.getuid() == 0 else {}
        return subprocess.run(
            [self.program, *words],
            cwd=self.station.folder,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=station.BOUND,
            env={**os.environ, "HOME": self.programs},
            check=False,
            **user,
        )

    def close_folders(self):
        """Everything can be read, nothing written."""
        for path in [self.station.folder, *self.station.folder.rglob("*")]:
            if not path.is_symlink() and not path.is_fifo() and not path.is_socket():
                path.chmod(0o555 if path.is_dir() else 0o444)

    def reopen_folders(self):
        for path in [self.station.folder, *self.station.folder.rglob("*")]:
            if path.is_dir():
                path.chmod(0o755)

    def test_who_may_only_read_sees_everything_and_changes_nothing(self):
        self.open_station("[one]\ncommand = sh note.sh\n[two]\ncommand = false\n")
        self.station.run("--batch")
        self.finish(4)
        self.close_folders()
        self.addCleanup(self.reopen_folders)
        before = sorted(str(path) for path in self.station.folder.rglob("*"))

        for words in (["status"], ["status", "--json"], ["history"], ["show", "one"], ["output", "two"], ["why"], ["plan", station.SCHEDULE]):
            told = self.as_reader(*words)
            self.assertEqual(told.returncode, 0, f"{words}: {told.stdout}{told.stderr}")
        for words in (["resume"], ["run", station.SCHEDULE], ["redo", "one", "--reason", "r"]):
            told = self.as_reader(*words)
            self.assertNotIn(told.returncode, (0, 70), f"{words}: {told.stdout}{told.stderr}")
            self.assertGreaterEqual(told.returncode, 1)
            self.assertRegex(told.stderr + told.stdout, "denied|cannot be written|read-only")

        self.assertEqual(sorted(str(path) for path in self.station.folder.rglob("*")), before)

    def test_a_run_is_refused_in_words_in_a_folder_that_may_only_be_read(self):
        self.open_station("[one]\ncommand = sh note.sh\n")
        self.close_folders()
        self.addCleanup(self.reopen_folders)

        told = self.as_reader("run", station.SCHEDULE)

        self.assertNotIn(told.returncode, (0, 70), told.stderr)
        self.assertGreaterEqual(told.returncode, 1)
        self.assertRegex(told.stderr, "denied|cannot be written")
        self.assertEqual(self.station.lines(), [])


if __name__ == "__main__":
    unittest.main()
