# Where the stations of tests/versions stand while a program works in them, and their schedules. A journal holds absolute paths.
import contextlib
import fcntl
import os
import pathlib
import shutil
import sys

HERE = pathlib.Path(__file__).resolve().parent
PLACE = pathlib.Path("/tmp/fatmaster-versions")
sys.path.insert(0, str(HERE.parent / "crash"))

import station  # noqa: E402

HOLD = """echo "start $FATMASTER_STEP_TITLE $FATMASTER_ATTEMPT" >> trace
read -r line < gate
echo "end $FATMASTER_STEP_TITLE $FATMASTER_ATTEMPT" >> trace
"""
NOTE = 'echo "start $FATMASTER_STEP_TITLE $FATMASTER_ATTEMPT" >> trace\n'
SAFE = "[safe_state]\nsteps = laser off\n[laser off]\ncommand = sh note.sh\nrecovery = rerun\n"
SECTIONS = {
    "completed": "[one]\ncommand = sh note.sh\n[two]\ncommand = sh note.sh\n" + SAFE,
    "interrupted": "[one]\ncommand = sh note.sh\n[two]\ncommand = sh hold.sh\n[three]\ncommand = sh note.sh\n" + SAFE,
    "paused": "[one]\ncommand = sh note.sh\n[look]\ntask = manual_input\nmessage = Is the laser on?\n[three]\ncommand = sh note.sh\n" + SAFE,
}


@contextlib.contextmanager
def alone():
    """One at a time in PLACE, over all checkouts of one user."""
    PLACE.mkdir(mode=0o700, exist_ok=True)
    with open(PLACE / "lock", "w", encoding="utf-8") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


class StoredStation(station.Station):
    """A station at the place its journal names."""

    def __init__(self, form, name):
        self.folder = PLACE / form / name
        shutil.rmtree(self.folder, ignore_errors=True)
        self.process = None
        self.run_json = self.folder / "runs/run/run_00001.json"
        self.trace = self.folder / "trace"

    def make(self, name):
        (self.folder / "runs/run").mkdir(parents=True)
        (self.folder / "runs/run_00001").mkdir()
        (self.folder / "station.ini").write_text("")
        self.run_json.write_text('{\n    "comment": "versions",\n    "date": "2026-11-21"\n}')
        (self.folder / station.SCHEDULE).write_text(station.CONSTANTS + SECTIONS[name])
        (self.folder / "hold.sh").write_text(HOLD)
        (self.folder / "note.sh").write_text(NOTE)
        self.trace.touch()
        os.mkfifo(self.folder / "gate")
        return self

    def load(self, form, name):
        self.folder.parent.mkdir(exist_ok=True)
        shutil.copytree(HERE / form / name, self.folder)
        return self
