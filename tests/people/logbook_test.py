# Whole runs of a station with a logbook: what stands in its own one, and what reaches a PSI ELOG. Over the wire, against elog_stand_in.py.
#
# FATMASTER names the built program.
import csv
import hashlib
import io
import json
import pathlib
import sqlite3
import sys
import unittest

HERE = pathlib.Path(__file__).resolve().parent
sys.path[:0] = [str(HERE), str(HERE.parent / "crash")]

import station  # noqa: E402
from elog_stand_in import BOOK, HASH, PASSWORD, Elog  # noqa: E402

ASK = "[one]\ncommand = true\n[ask]\ntask = manual_input\nmessage = go on?\n"
MODULES = [{"DEggSerialNumber": "DEgg2021-3-101", "Port": 5000, "BoxNumber": "R-B-1"}, {"DEggSerialNumber": "DEgg2021-3-102", "Port": 5001, "BoxNumber": ""}]
ATTRIBUTES = "attribute.Run = ${run}\nattribute.Author = ${author}\nattribute.Type = ${kind}\nattribute.State = ${status}\n"


class Logbooks(unittest.TestCase):
    def place(self, sections, elog=None, extra="", modules=()):
        place = station.Station(station.CONSTANTS + sections, modules)
        self.addCleanup(place.close)
        if elog:
            self.addCleanup(elog.close)
            (place.folder / "password").write_text(PASSWORD + "\n")
            (place.folder / "password").chmod(0o600)
            (place.folder / "station.ini").write_text(
                "[station]\nname = bench\n"
                f"[logbook]\nurl = http://127.0.0.1:{elog.port}\nlogbook = {BOOK}\nuser = fat\npassword_file = password\n{ATTRIBUTES}{extra}"
            )
        return place

    def told(self, place, *words, code=0):
        done = place.tell(*words)
        self.assertEqual(done.returncode, code, done.stdout + done.stderr)
        return done.stdout if code == 0 else done.stderr

    def fates(self, place):
        with sqlite3.connect(f"file:{place.folder}/fatmaster.db?mode=ro", uri=True) as journal:
            return dict(journal.execute("SELECT fate, count(*) FROM messages GROUP BY fate"))

    # -- the local logbook

    def test_what_people_write_and_do_stands_in_the_logbook(self):
        place = self.place(ASK)
        picture = place.folder / "door.png"
        picture.write_bytes(b"\x89PNG " * 1000)
        place.run()
        place.wait_for_status("waiting")
        self.told(place, "--as", "anna", "log", "the door\nwas open", "--attach", str(picture))
        self.told(place, "--as", "ben", "pause", "--reason", "hands in the freezer")
        self.told(place, "continue")
        self.told(place, "--as", "ben", "answer", "yes", "--reason", "all is well")
        self.assertEqual(place.wait_for_end(), 0, place.terminal())
        picture.unlink()
        self.told(place, "log", "=1+1", "seen")  # nobody drives the station

        text = self.told(place, "log")
        for words in ("the door\n    was open", "attached: door.png", "pause: hands in the freezer", "question 1: go on?", "is answered: yes: all is well", "the run is completed"):
            self.assertIn(words, text)
        self.assertLess(text.index("the door"), text.index("pause: hands"))
        entries = json.loads(self.told(place, "log", "--json"))["entries"]
        first = next(entry for entry in entries if entry["kind"] == "entry")
        self.assertIn("anna", first["who"])
        kept = place.folder / first["attachments"][0]["file"]
        self.assertEqual(kept.read_bytes(), b"\x89PNG " * 1000)
        self.assertEqual(hashlib.sha256(kept.read_bytes()).hexdigest(), first["attachments"][0]["sha256"])
        rows = list(csv.DictReader(io.StringIO(self.told(place, "log", "--csv"))))
        self.assertEqual(rows[-1]["text"], "'=1+1 seen")
        self.assertEqual(len(rows), len(entries))
        markdown = self.told(place, "log", "--markdown")
        self.assertIn("## Run 1\n", markdown)
        self.assertIn("[door\\.png](<logbook/", markdown)
        self.assertIn("the door", self.told(place, "log", "--search", "DOOR Anna"))
        self.assertNotIn("the door", self.told(place, "log", "--search", "freezer", "--since", "1 h"))
        self.assertEqual(len(place.events("logged")), 2)
        self.assertIn("the door", (place.folder / "runs/run_00001/fat_run_00001.log").read_text())

    def test_what_is_no_plain_file_is_not_attached(self):
        place = self.place("[one]\ncommand = true\n")
        self.told(place, "log", "x", "--attach", str(place.folder), code=3)
        self.told(place, "log", "x", "--attach", "/no/such/file", code=3)
        with open(place.folder / "large", "wb") as large:
            large.truncate(21 << 20)
        self.assertIn("longer than 20 MiB", self.told(place, "log", "x", "--attach", "large", code=3))
        self.assertFalse((place.folder / "checks.jsonl").exists())

    def test_what_is_written_before_a_run_is_part_of_its_journal(self):
        place = self.place("[one]\ncommand = true\n")
        self.told(place, "--as", "anna", "log", "new cable")
        self.assertIn("new cable", self.told(place, "log"))
        place.run()
        place.wait_for_end()

        opened = place.events("run_opened")[0].body
        self.assertEqual([(record["check"], record["note"]) for record in opened["checks"]], [("log", "new cable")])
        self.assertEqual(self.told(place, "log").count("new cable"), 1)
        self.assertIn("new cable", self.told(place, "history"))

    def test_the_form_of_a_new_run_asks_only_for_what_is_missing(self):
        place = self.place("[one]\ncommand = true\n", modules=MODULES)
        missing = self.told(place, "log", "new-run", code=2)
        self.assertIn("--shifter NAME", missing)
        self.assertIn("--box DEgg2021-3-102=BOX", missing)
        self.assertNotIn("--comment", missing)
        self.assertNotIn("101=", missing)
        self.assertFalse((place.folder / "checks.jsonl").exists())
        form = self.told(place, "--as", "anna", "log", "new-run", "1", "--shifter", "Anna", "--box", "DEgg2021-3-102=R-B-7", "--remark", "new fibre")
        for words in ("Start New Run", "Run: 1", "Shifter: Anna", "Comment: crash test", "101 at 127.0.0.1:5000, box R-B-1", "box R-B-7", "new fibre"):
            self.assertIn(words, form)

        lines = json.loads(place.tell("check", "--json").stdout)
        self.assertEqual([line["state"] for line in lines if line["check"] == "logbook"], ["good"])
        place.run("--no-probe")
        place.wait_for_end()
        self.assertIn("R-B-7", self.told(place, "log"))
        self.told(place, "log", "new-run", "--shifter", "Ben", "--box", "DEgg2021-3-102=R-B-8")
        lines = json.loads(place.tell("check", "--json").stdout)
        self.assertEqual([line["state"] for line in lines if line["check"] == "logbook"], ["good"])
        self.assertTrue(place.events("logged")[-1].body["new_run"])

    # -- a remote logbook

    def test_a_run_stands_in_the_elog_from_start_to_end(self):
        elog = Elog()
        place = self.place(ASK, elog, modules=MODULES)
        photo = place.folder / "photo.png"
        photo.write_bytes(bytes(range(256)) * 100)
        self.told(place, "--as", "anna", "log", "new-run", "--shifter", "Anna", "--box", "DEgg2021-3-102=R-B-7", "--attach", str(photo))
        place.run("--no-probe")
        place.wait_for_status("waiting")
        self.told(place, "--as", "ben", "log", "freezer at -40 \N{DEGREE SIGN}C \N{EN DASH} cold", "--attach", str(photo))
        self.told(place, "answer", "yes")
        place.wait_for_end()

        start, entry, end = (elog.entries[number] for number in sorted(elog.entries))
        self.assertEqual(start.attributes["Run"], "1")
        self.assertEqual(start.attributes["Type"], "start")
        self.assertEqual(start.attributes["State"], "completed")  # edited at the end
        self.assertEqual(elog.edits, 1)
        self.assertIn("Comment: crash test", start.text)
        self.assertIn("box R-B-7", start.text)
        self.assertEqual(start.attachments, {"photo.png": photo.read_bytes()})  # the edit kept it
        self.assertEqual((entry.attributes["Author"], entry.attributes["State"]), ("ben", "waiting"))
        self.assertIn("freezer at -40 \N{DEGREE SIGN}C - cold", entry.text)
        self.assertEqual((entry.reply_to, end.reply_to, start.reply_to), ("1", "1", None))
        self.assertEqual(entry.attachments, {"photo.png": photo.read_bytes()})
        self.assertIn("run 1 is completed", end.text)
        self.assertGreater(int(entry.when), 1_700_000_000)
        self.assertEqual(list(self.fates(place)), ["delivered"])

    def test_a_lost_answer_makes_no_second_entry(self):
        for attribute in ("", "attribute.Modules = ${marker}\n"):
            elog = Elog("lose reply")
            place = self.place("[one]\ncommand = true\n", elog, attribute)
            place.run()
            place.wait_for_end()
            place.tell("messages", "--deliver")

            self.assertEqual([entry.attributes["Type"] for entry in elog.entries.values()], ["start", "end"])
            self.assertEqual(list(self.fates(place)), ["delivered"])
            searched = [path for method, path in elog.requests if "reverse=1" in path]
            self.assertIn("Modules=" if attribute else "subtext=", searched[0])
            self.assertEqual(elog.entries[2].reply_to, "1")

    def test_a_redirect_without_an_id_is_no_success(self):
        elog = Elog("no id")
        place = self.place("[one]\ncommand = sleep 3\n", elog)
        place.run()
        place.wait_for_end()
        self.assertEqual(list(self.fates(place)), ["waiting"])
        self.assertIn("does not take the login", place.terminal() + place.tell("messages").stdout)
        self.assertIn("logbook", place.tell("doctor").stdout)
        elog.mood = "ok"
        self.assertIn("all messages are delivered", self.told(place, "messages", "--deliver"))
        self.assertEqual([entry.attributes["Type"] for entry in elog.entries.values()], ["start", "end"])

    def test_what_the_logbook_misses_is_said_and_waits(self):
        elog = Elog(required=("Author", "Modules"))
        place = self.place("[one]\ncommand = sleep 3\n", elog)
        place.run()
        self.assertEqual(place.wait_for_end(), 0)
        self.assertIn("ELOG answers 404: Attribute Modules not supplied", place.terminal() + place.tell("messages").stdout)
        with open(place.folder / "station.ini", "a") as file:
            file.write("attribute.Modules = none ${modules}\n")
        self.assertIn("all messages are delivered", self.told(place, "messages", "--deliver"))

    def test_no_logbook_holds_up_a_run_or_tells_a_secret(self):
        for mood in ("500", "garbage", "hang"):
            with self.subTest(mood=mood):
                elog = Elog(mood)
                place = self.place("[one]\ncommand = env > environment\nshell = yes\n", elog)
                place.run()
                self.assertEqual(place.wait_for_end(), 0, place.terminal())
                self.assertEqual(list(self.fates(place)), ["waiting"])
                told = place.terminal() + place.tell("messages").stdout
                outputs = [file.read_bytes() for file in place.folder.rglob("*") if file.is_file() and file.name != "password"]
                for secret in (PASSWORD, HASH):
                    self.assertNotIn(secret, told)
                    self.assertFalse(any(secret.encode() in output for output in outputs))

    def test_a_wrong_password_is_said_by_doctor(self):
        elog = Elog()
        place = self.place("[one]\ncommand = true\n", elog)
        self.assertIn("can be reached and takes the login", place.tell("doctor").stdout)
        (place.folder / "password").write_text("wrong")
        told = place.tell("doctor").stdout
        self.assertIn("cannot be used: ELOG does not take the login", told)
        self.assertEqual(elog.entries, {})


if __name__ == "__main__":
    unittest.main()
