# A journal that is damaged under the program -> each command says so in words and what to do, none crashes, and no step is repeated.
#   FATMASTER=build/dev/fatmaster python3 tests/damage/damaged_journal_test.py
# tests/damage/journal_bytes_test.cpp does this for every byte below the program.
import random
import os
import unittest

from scene import Scene, station

SEED = int(os.environ.get("FATMASTER_SEED") or random.SystemRandom().randrange(1, 1 << 31))
ASKED = (["status"], ["history"], ["why"], ["show", "one"], ["eta"], ["list"])
STEPS = "[one]\ncommand = sh note.sh\n[two]\ncommand = sh once.sh\n[three]\ncommand = sh note.sh\n"
ONCE = 'echo "start $FATMASTER_STEP_TITLE $FATMASTER_ATTEMPT" >> trace\n[ -e second ] || { touch second; exit 3; }\n'


class DamagedJournal(Scene):
    def setUp(self):
        print(f"FATMASTER_SEED={SEED}")
        self.random = random.Random(SEED)
        self.open_station(STEPS, once=ONCE)
        self.station.run("--batch")
        self.finish(4)
        self.file = self.station.folder / "fatmaster.db"
        self.whole = self.file.read_bytes()

    def damages(self):
        """(what was done, the file afterwards)."""
        size = len(self.whole)
        for length in (0, 1, 100, 4096, size // 2, size - 4096, size - 1):
            yield f"cut at {length}", self.whole[:length]
        for place in (0, 20, 100, *(self.random.randrange(size) for _ in range(12))):
            flipped = bytearray(self.whole)
            flipped[place] ^= 1 << self.random.randrange(8)
            yield f"flipped at {place}", bytes(flipped)
        for what, byte in (("an escape", b"\x1b"), ("no UTF-8", b"\xd4")):  # where SQLite quotes what it reads
            yield f"{what} in a table's words", self.whole.replace(b"task TEXT NOT", b"task TEXT NO" + byte, 1)
        yield "zeros", bytes(size)
        yield "another file", b"hello\n" * 1000

    def expect_words(self, told, what):
        text = told.stdout + told.stderr
        self.assertNotIn("\x1b", text, what)
        self.assertGreaterEqual(told.returncode, 0, f"{what}: a crash\n{text}")
        self.assertTrue(told.returncode != 70 or "BROKEN" in text, f"{what}: our own bug\n{text}")
        if told.returncode == 0:
            return
        self.assertGreater(len(text), 20, what)
        if "damaged" in text or "malformed" in text or "not a database" in text:
            self.assertRegex(text, "restore|put it aside", f"{what}: not what to do")

    def test_commands_say_what_is_wrong_and_what_to_do(self):
        tried = 0
        for what, content in self.damages():
            for words in ASKED:
                self.file.write_bytes(content)
                self.expect_words(self.station.tell(*words), f"{what}, {words}")
                tried += 1
            doctor = self.station.tell("doctor")
            self.expect_words(doctor, f"{what}, doctor")
        print(f"{tried} commands on a damaged journal")

    def test_no_finished_step_is_done_again(self):
        done = self.station.lines()
        self.assertEqual(done, ["start one 1", "start two 1"])
        for what, content in self.damages():
            if content == self.whole:
                continue
            for words in (["resume", "--batch"], ["run", station.SCHEDULE, "--batch"]):
                for file in self.station.folder.glob("fatmaster.db*"):
                    file.unlink()
                self.file.write_bytes(content)
                self.station.trace.write_text("")
                told = self.station.tell(*words)
                self.expect_words(told, f"{what}, {words}")
                self.assertNotIn("start one", self.station.trace.read_text(), f"{what}, {words}: repeated\n{told.stdout}{told.stderr}")


if __name__ == "__main__":
    unittest.main()
