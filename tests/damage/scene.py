# tests/crash/station.py and the steps that the damage tests share -> one import. FATMASTER names the built program.
import pathlib
import sys
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "crash"))
import station  # noqa: E402

# The trace may lie outside the station: where the disk is not full.
NOTE = 'echo "start $FATMASTER_STEP_TITLE $FATMASTER_ATTEMPT" >> "${TRACE:-trace}"\n'
SLOW = NOTE + 'read -r line < "${GATE:-gate}"\necho "end $FATMASTER_STEP_TITLE $FATMASTER_ATTEMPT" >> "${TRACE:-trace}"\n'
SAFE = "[safe_state]\nsteps = laser off\n[laser off]\ncommand = sh note.sh\nrecovery = rerun\n"


class Scene(unittest.TestCase):
    """One station; ended and removed with the test."""

    def open_station(self, sections, **scripts):
        self.station = station.Station(station.CONSTANTS + sections)
        self.addCleanup(self.station.close)
        for name, text in {"note": NOTE, **scripts}.items():
            (self.station.folder / f"{name}.sh").write_text(text)
        return self.station

    def finish(self, code):
        self.assertEqual(self.station.wait_for_end(), code, self.station.terminal())

    def folder_bytes(self, folder):
        """On disk, not as the files claim."""
        found = 0
        for file in folder.rglob("*"):
            try:
                found += file.stat().st_blocks * 512
            except OSError:
                pass
        return found
