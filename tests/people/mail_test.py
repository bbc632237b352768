# Whole runs of a station that tells people by mail, against a real SMTP server (mail_server.py): what they read, and that no mail server ever holds up a run.
#
# FATMASTER names the built program.
import email.utils
import json
import os
import pathlib
import sqlite3
import sys
import tempfile
import unittest

HERE = pathlib.Path(__file__).resolve().parent
sys.path[:0] = [str(HERE), str(HERE.parent / "crash")]

import station  # noqa: E402
from mail_server import PASSWORD, USER, MailServer, certificate  # noqa: E402

PEOPLE = "[person anna]\nmail = anna@example.org\n"
LOGIN = f"user = {USER}\npassword_file = secret\n"
WARNS = "[one]\ncommand = true\n[two]\nshell = yes\ncommand = exit 3\non_failure = continue\n"


class Mails(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.folder = tempfile.TemporaryDirectory()
        cls.tls = certificate(cls.folder.name)

    @classmethod
    def tearDownClass(cls):
        cls.folder.cleanup()

    def place(self, sections, server, extra="", scheme="smtp", to="anna, ben@example.org"):
        place = station.Station(station.CONSTANTS + sections)
        self.addCleanup(place.close)
        self.addCleanup(server.close)
        secret = place.folder / "secret"
        secret.write_text(PASSWORD + "\n")
        secret.chmod(0o600)
        self.sink = f"[sink mail]\nkind = mail\nserver = {scheme}://127.0.0.1:{server.port}\nfrom = fat@example.org\nto = {to}\nposts_per_minute = 600\n{extra}"
        (place.folder / "station.ini").write_text("[station]\nname = Würzburg\n" + PEOPLE + self.sink)
        return place

    def rows(self, place, what="channel, fate"):
        with sqlite3.connect(f"file:{place.folder}/fatmaster.db?mode=ro", uri=True) as journal:
            return journal.execute(f"SELECT {what} FROM messages ORDER BY id").fetchall()

    def run_to_end(self, place):
        place.run()
        return place.wait_for_end()

    def test_tells_a_run_to_each_receiver_as_one_thread_of_correct_mails(self):
        server = MailServer()
        place = self.place(WARNS + "[three]\nshell = yes\ncommand = printf 'ä\\n.\\n..x\\r\\nBcc: evil@example.org\\n' >&2; exit 4\non_failure = continue\n", server)
        self.run_to_end(place)

        self.assertEqual({fate for _, fate in self.rows(place)}, {"delivered"})
        self.assertEqual(len(server.mails), len(server.of("anna@example.org")) + len(server.of("ben@example.org")))
        first, *others = (one["mail"] for one in server.of("anna@example.org"))
        self.assertEqual(first["To"], "anna@example.org")
        self.assertEqual(first["From"], "fat@example.org")
        self.assertTrue(first["Subject"].startswith("[Würzburg] Run 1 starts on Würzburg by"), first["Subject"])
        self.assertIn("Condensed schedule (3 steps):", first.get_body().get_content())
        self.assertGreater(len(others), 1)
        for mail in others:
            self.assertEqual((mail["References"], mail["In-Reply-To"]), (first["Message-ID"], first["Message-ID"]))
        for one in server.mails:
            mail = one["mail"]
            self.assertEqual(mail.defects, [])
            self.assertEqual(mail["Auto-Submitted"], "auto-generated")
            self.assertIsNone(mail["Bcc"])
            self.assertLess(abs(email.utils.parsedate_to_datetime(mail["Date"]).timestamp() - first["Date"].datetime.timestamp()), 60)
            self.assertTrue(one["raw"].isascii())
        keys = [one["mail"]["Message-ID"] for one in server.mails]
        self.assertEqual(len(keys), len(set(keys)))
        warning = next(mail for mail in others if "[1] two: errored" in mail.get_body().get_content())
        self.assertIn("[Würzburg] WARNING run 1: [1] two: errored", warning["Subject"])

    def test_what_a_step_says_stays_in_the_body(self):
        server = MailServer()
        said = "ärger\x1b[31m\r\nBcc: evil@example.org\r\n.\r\n.dots =?utf-8?b?eA==?= =3D " + "long " * 60
        place = self.place("[one]\nshell = yes\ncommand = cat said >&3\n", server)
        (place.folder / "said").write_text(json.dumps({"message": said, "level": "critical"}) + "\n")
        self.run_to_end(place)

        mail = next(one["mail"] for one in server.mails if "ärger" in one["mail"].get_body().get_content())
        text = mail.get_body().get_content()
        self.assertIn("Bcc: evil@example.org", text)
        self.assertIn(".dots =?utf-8?b?eA==?= =3D long", text)
        self.assertNotIn("\x1b", text)
        self.assertIsNone(mail["Bcc"])
        self.assertEqual(mail["Importance"], "high")
        self.assertIn("CRITICAL run 1: [0] one: ärger", mail["Subject"])

    def test_pictures_and_what_a_step_said_last_come_with_the_mail(self):
        server = MailServer()
        place = self.place(
            "[one]\nshell = yes\ncommand = cd $FATMASTER_STEP_DIR; printf '\\211PNG\\r\\n' > a.png; "
            "echo '{\"artifact\": \"a.png\"}' >&3; echo '{\"artifact\": \"gone.svg\"}' >&3; echo Traceback; exit 3\non_failure = continue\n",
            server,
            to="anna",
        )
        self.run_to_end(place)

        mail = next(one["mail"] for one in server.mails if "a.png" in one["mail"].get_body().get_content())
        self.assertEqual([(part.get_filename(), part.get_content_type(), part.get_content()) for part in mail.iter_attachments()], [("a.png", "image/png", b"\x89PNG\r\n")])
        self.assertIn("gone.svg)", mail.get_body().get_content())
        log = next(part for one in server.mails for part in one["mail"].iter_attachments() if part.get_filename() == "output.log.txt")
        self.assertEqual(log.get_content(), "Traceback\n")
        self.assertEqual([one["mail"].defects for one in server.mails], [[]] * len(server.mails))

    def test_login_only_behind_starttls_and_a_certificate_somebody_vouches_for(self):
        server = MailServer(tls=self.tls, login=True)
        place = self.place(WARNS, server, LOGIN + f"starttls = yes\nca_file = {self.tls[0]}\n")
        self.run_to_end(place)

        self.assertEqual({fate for _, fate in self.rows(place)}, {"delivered"})
        self.assertEqual({(one["user"], one["encrypted"]) for one in server.mails}, {(USER, True)})
        for file in place.folder.rglob("*"):
            if file.is_file() and file.name != "secret":
                self.assertNotIn(PASSWORD.encode(), file.read_bytes(), file)

    def test_smtps(self):
        server = MailServer(tls=self.tls, login=True, implicit=True)
        place = self.place(WARNS, server, LOGIN + f"ca_file = {self.tls[0]}\n", scheme="smtps")
        self.run_to_end(place)

        self.assertEqual({fate for _, fate in self.rows(place)}, {"delivered"})
        self.assertGreater(len(server.mails), 0)

    def test_what_a_person_has_to_mend_waits_and_is_said_once(self):
        plain, strict = MailServer(), MailServer(tls=self.tls, login=True)
        for server, extra, reply, words in (
            (plain, "starttls = yes\n", None, "STARTTLS"),
            (strict, LOGIN + "starttls = yes\n", None, "certificate"),
            (strict, LOGIN + f"starttls = yes\nca_file = {self.tls[0]}\n", "535 5.7.8 Authentication credentials invalid", "535 5.7.8"),
            (plain, "", "550 5.7.1 sender refused", "550 5.7.1 sender refused"),
        ):
            with self.subTest(words=words):
                server.replies = {} if reply is None else {"AUTH" if "535" in reply else "MAIL": reply}
                place = self.place("[one]\ncommand = sleep 1\n", server, extra, to="anna")
                self.assertEqual(self.run_to_end(place), 0)
                terminal = place.terminal()
                self.assertEqual(terminal.count("mail/anna: messages do not get through"), 1, terminal)
                self.assertIn(words, terminal)
                self.assertEqual({fate for _, fate in self.rows(place)}, {"waiting"})
                self.assertEqual(server.mails, [])
                server.replies = {}

    def test_4xx_is_tried_again_under_the_same_key_and_5xx_is_given_up(self):
        server = MailServer()
        server.replies = {"DATA": "451 4.7.1 come again", "ben@example.org": "550 5.1.1 who is ben?"}
        place = self.place("[ask]\ntask = manual_input\nmessage = go on?\n", server)
        place.run()
        place.wait_for_status("waiting")
        self.assertTrue(server.wait_for(lambda: server.tries >= 2))
        server.replies.pop("DATA")
        self.assertTrue(server.wait_for(lambda: len(server.of("anna@example.org")) >= 2))
        station.wait_until(lambda: ("mail/ben@example.org", "dead") in self.rows(place), seconds=60)
        place.tell("answer", "yes")
        self.assertEqual(place.wait_for_end(), 0)

        self.assertEqual(server.of("ben@example.org"), [])
        self.assertEqual({fate for channel, fate in self.rows(place) if channel == "mail/anna"}, {"delivered"})
        self.assertIn("550 5.1.1 who is ben?", place.tell("messages").stdout)

    def test_a_server_that_takes_its_time_gets_each_mail_once(self):
        server = MailServer()
        server.scans, server.lingers = [7], True
        place = self.place("[ask]\ntask = manual_input\nmessage = go on?\n", server, to="anna")
        place.run()
        place.wait_for_status("waiting")
        station.wait_until(lambda: {fate for _, fate in self.rows(place)} == {"delivered"})
        place.tell("answer", "yes")
        self.assertEqual(place.wait_for_end(), 0)

        keys = [one["mail"]["Message-ID"] for one in server.mails]
        self.assertEqual(len(keys), len(set(keys)))
        self.assertEqual({fate for _, fate in self.rows(place)}, {"delivered"})
        self.assertGreaterEqual(len(keys), 2)
        self.assertEqual(server.quits, len(keys))
        self.assertEqual(server.scans, [])

    def test_no_mail_server_holds_up_a_run(self):
        servers = [MailServer(mood=mood) for mood in ("hang", "drip", "drop", "garbage")]
        for reply in ("421 4.3.2 shutting down", "450 4.2.1 later", "554 5.7.1 never"):
            servers.append(MailServer())
            servers[-1].replies = {"RCPT": reply}
        places = [self.place("[one]\ncommand = true\n[two]\ncommand = true\n", server) for server in servers]
        for place in places:
            place.run()
        for place, server in zip(places, servers):
            with self.subTest(mood=server.mood, replies=server.replies):
                self.assertEqual(place.wait_for_end(), 0, place.terminal())
                ends = place.events("attempt_ended")
                self.assertEqual([event.body["outcome"] for event in ends], ["done"] * 2)
                self.assertLess(ends[-1].boot_us - place.events("attempt_started")[0].boot_us, 20_000_000)
                self.assertNotIn("delivered", {fate for _, fate in self.rows(place)})

    def test_doctor_sends_a_test_mail_to_each(self):
        server = MailServer()
        place = self.place("[one]\ncommand = true\n", server)
        server.replies = {"ben@example.org": "550 5.1.1 who is ben?"}

        told = place.tell("doctor").stdout

        self.assertIn("sink mail/anna", told)
        self.assertIn("took a test message", told)
        self.assertIn("did not take a test message: 127.0.0.1: 550 5.1.1 who is ben?", told)
        self.assertIn("test message of `fatmaster doctor`", server.mails[0]["mail"]["Subject"])

    def test_check_reports_mistakes(self):
        server = MailServer()
        place = self.place("[one]\ncommand = true\n", server, "starttls = no\npassword = x\nchannel = C1\n", to="anna, ana")
        os.truncate(place.folder / "station.ini", 0)
        (place.folder / "station.ini").write_text("[person anna]\n" + self.sink)

        told = place.tell("station", "check")

        self.assertEqual(told.returncode, 3)
        for words in ("[person anna] has no 'mail'", "'ana' is neither a mail address", "password_file = PATH", "for a chat, not for kind = mail"):
            self.assertIn(words, told.stdout + told.stderr)


if __name__ == "__main__":
    unittest.main(warnings="ignore")  # aiosmtpd warns of a login without encryption, which some tests want
