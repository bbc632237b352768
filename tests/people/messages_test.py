# Whole runs of a station with a chat: what shifters read, and that no chat ever holds up a run. Over the wire, against webhook_stand_in.py.
#
# FATMASTER names the built program.
import os
import pathlib
import sqlite3
import sys
import unittest

HERE = pathlib.Path(__file__).resolve().parent
sys.path[:0] = [str(HERE), str(HERE.parent / "crash")]

import station  # noqa: E402
from slack_stand_in import TOKEN, Slack  # noqa: E402
from webhook_stand_in import SECRET, Hook  # noqa: E402

PEOPLE = "[person anna]\nslack = U0ANNA\n[person ben]\nslack = U0BEN\n[shift]\nshifter = anna\nexpert = ben\n"
SINK = "[sink chat]\nkind = webhook\nurl_file = secret_url\n"
THREE = "[one]\ncommand = true\n[two]\ncommand = true\n[three]\ncommand = true\n"


class Runs(unittest.TestCase):
    def place(self, sections, hook, extra=""):
        place = station.Station(station.CONSTANTS + sections)
        self.addCleanup(place.close)
        self.addCleanup(hook.close)
        secret = place.folder / "secret_url"
        secret.write_text(hook.url + "\n")
        secret.chmod(0o600)
        (place.folder / "station.ini").write_text(PEOPLE + SINK + extra)
        return place

    def fates(self, place):
        with sqlite3.connect(f"file:{place.folder}/fatmaster.db?mode=ro", uri=True) as journal:
            return dict(journal.execute("SELECT fate, count(*) FROM messages GROUP BY fate"))

    def outputs(self, place):
        """Everything the run left, as bytes; but for the secret's own file."""
        for file in place.folder.rglob("*"):
            if file.is_file() and file.name != "secret_url":
                yield file, file.read_bytes()

    def test_tells_a_run_from_its_start_to_its_end(self):
        hook = Hook()
        place = self.place("[one]\ncommand = true\n[two]\ncommand = echo a '<b>' '&'; exit 3\nshell = yes\non_failure = continue\n", hook)
        place.run()
        place.wait_for_end()

        told = "\n".join(hook.texts)
        self.assertIn("Run 1 starts on", told)
        self.assertIn("Condensed schedule (2 steps):", told)
        self.assertIn("[0] one", told)
        self.assertIn("[0] one: started", told)
        self.assertNotIn("[0] one: done", told)
        self.assertIn("[1] two: errored", told)
        self.assertIn("<@U0ANNA> <@U0BEN>", told)
        self.assertIn("run 1 is completed", told)
        self.assertEqual(list(self.fates(place)), ["delivered"])
        keys = [key for key, _ in hook.posts]
        self.assertEqual(len(keys), len(set(keys)))

    def test_calls_everyone_when_the_run_stands(self):
        hook = Hook()
        place = self.place("[one]\ncommand = exit 3\nshell = yes\n", hook)
        place.run()
        self.assertTrue(hook.wait_for(lambda: any("PAUSED" in text for text in hook.texts)))
        self.assertTrue(hook.wait_for(lambda: any("fatmaster answer 1" in text for text in hook.texts)))
        place.tell("answer", "stop")
        place.wait_for_end()

        paused = next(text for text in hook.texts if "PAUSED" in text)
        self.assertIn("<!channel>", paused)

    def test_no_sink_holds_up_or_changes_a_run(self):
        moods = ("500", "429", "403", "garbage", "noise", "hang", "drip")
        places = {mood: self.place(THREE, Hook(mood)) for mood in moods}
        for place in places.values():
            place.run()
        for mood, place in places.items():
            with self.subTest(mood=mood):
                self.assertEqual(place.wait_for_end(), 0, place.terminal())
                self.assertIn("could not be delivered", place.terminal())
                self.assertEqual(list(self.fates(place)), ["waiting"])
                ends = place.events("attempt_ended")
                self.assertEqual([event.body["outcome"] for event in ends], ["done"] * 3)
                run = max(event.boot_us for event in ends) - min(event.boot_us for event in place.events("attempt_started"))
                self.assertLess(run, 20_000_000)  # the sink's time-outs are 30 s

    def test_what_a_run_could_not_deliver_the_next_one_does(self):
        hook = Hook("500")
        place = self.place("[one]\ncommand = true\n[ask]\ntask = manual_input\nmessage = go on?\n", hook)
        place.run()
        place.wait_for_status("waiting")
        place.tell("stop")
        place.wait_for_end()
        waiting = self.fates(place)["waiting"]
        self.assertGreater(waiting, 2)
        hook.mood = "ok"

        place.resume()
        place.wait_for_status("waiting")
        # Three seconds lie between two posts, and the end of a run waits for five.
        self.assertTrue(hook.wait_for(lambda: any("QUESTION 2" in text for text in hook.texts)))
        place.tell("answer", "yes")
        self.assertEqual(place.wait_for_end(), 0)

        told = "\n".join(hook.texts)
        for first, then in (("Run 1 starts", "[0] one"), ("[0] one: started", "run 1 is stopped"), ("run 1 is stopped", "Run 1 is resumed"), ("is resumed", "is completed")):
            self.assertLess(told.index(first), told.index(then))
        self.assertEqual(list(self.fates(place)), ["delivered"])

    def slack(self, sections, slack):
        place = self.place(sections, slack)
        (place.folder / "secret_url").write_text(TOKEN)
        (place.folder / "station.ini").write_text(
            PEOPLE + f"[sink chat]\nkind = slack\ntoken_file = secret_url\nchannel = C0FAT\nserver = {slack.server_address}\n"
        )
        return place

    def test_a_bot_keeps_a_run_in_one_thread_and_tells_shifter_and_expert_directly(self):
        slack = Slack(("C0FAT", "U0ANNA", "U0BEN"))
        place = self.slack("[one]\ncommand = true\n[two]\ncommand = exit 3\nshell = yes\non_failure = continue\n", slack)
        place.run()
        place.wait_for_end()

        first, *others = slack.of("C0FAT")
        self.assertIn("Run 1 starts", first["text"])
        self.assertNotIn("thread_ts", first)
        self.assertGreater(len(others), 0)
        self.assertEqual({post["thread_ts"] for post in others}, {first["ts"]})
        self.assertTrue(any(post.get("reply_broadcast") for post in others))
        for person in ("U0ANNA", "U0BEN"):
            told = "\n".join(post["text"] for post in slack.of(person))
            self.assertIn("[1] two: errored", told)
            self.assertNotIn("[0] one", told)
        self.assertEqual(list(self.fates(place)), ["delivered"])

    def test_a_resumed_run_goes_on_in_its_thread(self):
        slack = Slack(("C0FAT", "U0ANNA", "U0BEN"))
        place = self.slack("[one]\ncommand = true\n[ask]\ntask = manual_input\nmessage = go on?\n", slack)
        place.run()
        place.wait_for_status("waiting")
        place.tell("stop")
        place.wait_for_end()
        place.resume()
        place.wait_for_status("waiting")
        place.tell("answer", "yes")
        place.wait_for_end()

        first, *others = slack.of("C0FAT")
        self.assertEqual({post["thread_ts"] for post in others}, {first["ts"]})

    def test_what_slack_limits_is_delivered_all_the_same(self):
        slack = Slack(("C0FAT", "U0ANNA", "U0BEN"))
        place = self.slack("".join(f"[step {number}]\ncommand = true\n" for number in range(30)), slack)
        place.run()
        place.wait_for_end()
        place.tell("messages", "--deliver")

        told = "\n".join(post["text"] for post in slack.of("C0FAT"))
        places = [told.index(f"[{number}] step {number}: started") for number in range(30)]
        self.assertEqual(places, sorted(places))
        keys = [post["key"] for post in slack.messages]
        self.assertEqual(len(keys), len(set(keys)))

    def test_an_error_of_slack_is_said_at_this_station_and_messages_wait(self):
        slack = Slack(("C0FAT",), "invalid_auth")
        place = self.slack("[one]\ncommand = sleep 3\n", slack)
        place.run()
        place.wait_for_end()

        self.assertIn("messages do not get through (Slack says invalid_auth)", place.terminal())
        self.assertEqual(list(self.fates(place)), ["waiting"])
        told = place.tell("messages")
        self.assertIn("chat: ", told.stdout)
        self.assertIn("Run 1 starts", told.stdout)
        slack.error = ""
        told = place.tell("messages", "--deliver")
        self.assertIn("all messages are delivered", told.stdout)
        self.assertIn("delivered", place.tell("messages", "--json").stdout)

    def picture(self, *names, more=""):
        """A step that makes and reports pictures."""
        lines = "".join(f"printf 'picture {name}' > {name}; echo '{{\"artifact\": \"{name}\"}}' >&3; " for name in names)
        return f"[gain]\nshell = yes\ncommand = cd $FATMASTER_STEP_DIR; {lines}{more}true\n"

    def test_pictures_of_a_step_go_to_the_thread_of_the_run(self):
        slack = Slack(("C0FAT", "U0ANNA", "U0BEN"))
        place = self.slack(self.picture("a.png", "b.svg", "numbers.csv"), slack)
        place.run()
        place.wait_for_end()

        root = slack.of("C0FAT")[0]["ts"]
        self.assertEqual({(one["channel"], one["thread"]) for one in slack.shown}, {("C0FAT", root)})
        files = [file for one in slack.shown for file in one["files"]]
        self.assertEqual([(file["name"], file["bytes"]) for file in files], [("a.png", b"picture a.png"), ("b.svg", b"picture b.svg")])
        told = "\n".join(post["text"] for post in slack.of("C0FAT"))
        self.assertIn("[0] gain: 2 plots: a.png, b.svg", told)
        self.assertEqual(list(self.fates(place)), ["delivered"])

    def test_a_picture_that_cannot_be_shown_is_named_and_holds_up_nothing(self):
        slack = Slack(("C0FAT", "U0ANNA", "U0BEN"))
        report = "".join(f"echo '{{\"artifact\": \"{name}\"}}' >&3; " for name in ("gone.png", "folder.png", "pipe.png", "big.png"))
        place = self.slack(self.picture("good.png", more=f"mkdir folder.png; mkfifo pipe.png; truncate -s 5M big.png; {report}"), slack)
        place.run()
        self.assertEqual(place.wait_for_end(), 0)

        told = "\n".join(post["text"] for post in slack.of("C0FAT"))
        self.assertEqual([file["name"] for one in slack.shown for file in one["files"]], ["good.png"])
        for name in ("gone", "folder", "pipe", "big"):
            self.assertRegex(told, rf"not shown, for it is gone, empty or longer than 4 MiB: .*{name}.png")
        self.assertEqual(list(self.fates(place)), ["delivered"])

    def test_an_upload_that_fails_is_tried_again_and_nothing_is_said_twice(self):
        for method, error in (("files.getUploadURLExternal", "429"), ("files.completeUploadExternal", "500")):
            slack = Slack(("C0FAT", "U0ANNA", "U0BEN"))
            slack.errors = {method: [error]}
            place = self.slack(self.picture("a.png", "b.png"), slack)
            place.run()
            place.wait_for_end()
            place.tell("messages", "--deliver")

            texts = [post["text"] for post in slack.of("C0FAT")]
            self.assertEqual(len([text for text in texts if "2 plots" in text]), 1, texts)
            self.assertEqual([[file["name"] for file in one["files"]] for one in slack.shown], [["a.png", "b.png"]])
            self.assertEqual(len(slack.uploads), 2)  # what was uploaded is not uploaded again
            self.assertEqual(list(self.fates(place)), ["delivered"])

    def test_a_program_killed_while_it_uploads_shows_each_picture_once(self):
        slack = Slack(("C0FAT", "U0ANNA", "U0BEN"))
        slack.upload_mood = "hang"
        place = self.slack(self.picture("a.png", "b.png") + "[ask]\ntask = manual_input\nmessage = go on?\n", slack)
        place.run()
        self.assertTrue(slack.wait_for(lambda: slack.hanging > 0))
        place.wait_for_status("waiting")
        place.kill_scheduler()
        slack.upload_mood = "ok"
        place.resume()
        place.wait_for_status("waiting")
        self.assertTrue(slack.wait_for(lambda: slack.shown))
        place.tell("answer", "yes")
        place.wait_for_end()
        place.tell("messages", "--deliver")

        self.assertEqual([[file["name"] for file in one["files"]] for one in slack.shown], [["a.png", "b.png"]])
        keys = [post["key"] for post in slack.of("C0FAT") if "2 plots" in post["text"]]
        self.assertEqual((len(keys), len(set(keys))), (2, 1))  # Slack has no key by which it could drop the second text
        self.assertEqual(list(self.fates(place)), ["delivered"])

    def test_a_bot_that_may_not_upload_still_tells_everything(self):
        for method, error in (("files.getUploadURLExternal", "missing_scope"), ("files.completeUploadExternal", "internal_error")):
            slack = Slack(("C0FAT", "U0ANNA", "U0BEN"))
            slack.errors = {method: error}
            place = self.slack(self.picture("a.png") + "[wait]\ncommand = sleep 1\n", slack)
            place.run()
            place.wait_for_end()
            place.tell("messages", "--deliver")

            self.assertEqual(slack.shown, [])
            self.assertIn("is completed", "\n".join(post["text"] for post in slack.of("C0FAT")))
            self.assertEqual(list(self.fates(place)), ["delivered"])
            if error == "missing_scope":
                self.assertIn("not all files of a message could be shown (a.png: Slack says missing_scope)", place.terminal())

    def test_what_a_step_that_errored_said_last_goes_as_a_file_also_to_shifter_and_expert(self):
        slack = Slack(("C0FAT", "U0ANNA", "U0BEN"))
        place = self.slack("[one]\nshell = yes\ncommand = for i in $(seq 300); do echo line $i; done; printf 'Traceback\\033[31m <b>\\n'; exit 3\non_failure = continue\n", slack)
        place.run()
        place.wait_for_end()

        self.assertEqual({one["channel"] for one in slack.shown}, {"C0FAT", "D0ANNA", "D0BEN"})
        for one in slack.shown:
            file = one["files"][0]
            self.assertEqual(file["name"], "output.log.txt")
            lines = file["bytes"].decode().splitlines()
            self.assertEqual((len(lines), lines[0]), (200, "line 102"))
            self.assertTrue(lines[-1].startswith("Traceback"))
            self.assertNotIn(b"\x1b", file["bytes"])

    def test_a_text_that_is_too_long_goes_as_a_file_with_its_first_lines_said(self):
        slack = Slack(("C0FAT", "U0ANNA", "U0BEN"))
        place = self.slack("[one]\nshell = yes\ncommand = echo \"{\\\"message\\\": \\\"$(seq -s ' ' 3000)\\\", \\\"level\\\": \\\"warning\\\"}\" >&3\n", slack)
        place.run()
        place.wait_for_end()

        text = next(post["text"] for post in slack.of("C0FAT") if "[0] one: 1 2 3" in post["text"])
        self.assertLess(len(text), 2000)
        self.assertIn("the whole text is in message.txt", text)
        file = next(one["files"][0] for one in slack.shown if one["channel"] == "C0FAT")
        self.assertIn(" 1030 1031", file["bytes"].decode())  # a report line is cut at 4 KiB

    def test_a_webhook_says_where_a_picture_is(self):
        hook = Hook()
        place = self.place(self.picture("a.png"), hook)
        place.run()
        place.wait_for_end()

        text = next(text for text in hook.texts if "1 plot: a.png" in text)
        path = pathlib.Path(text.partition("see ")[2].splitlines()[0])
        self.assertEqual(path.read_text(), "picture a.png")

    def test_an_alarm_that_the_journal_cannot_hold_is_told_all_the_same(self):
        hook = Hook()
        place = self.place("[one]\ncommand = sleep 600\n", hook)
        place.run()
        place.wait_for_status("running")
        self.assertTrue(hook.wait_for(lambda: any("[0] one: started" in text for text in hook.texts)))
        run_json = place.run_json.read_text()
        place.run_json.write_text("{")
        place.tell("stop")
        place.tell("abort")
        place.wait_for_end()

        self.assertTrue(any(": ALARM: " in text and "run 1" in text for text in hook.texts), hook.texts)
        place.run_json.write_text(run_json)

    def test_doctor_sends_a_test_message(self):
        slack = Slack(("C0FAT",))
        place = self.slack("[one]\ncommand = true\n", slack)
        (place.folder / "secret_url").chmod(0o644)

        told = place.tell("doctor").stdout

        self.assertIn("sink chat", told)
        self.assertIn("took a test message", told)
        self.assertIn("chmod 600", told)
        self.assertIn("test message of `fatmaster doctor`", slack.messages[0]["text"])

        slack.error = "channel_not_found"
        told = place.tell("doctor").stdout
        self.assertIn("did not take a test message: Slack says channel_not_found", told)
        self.assertNotIn(TOKEN, told)

    def test_no_secret_reaches_any_output(self):
        for mood in ("ok", "403"):
            hook = Hook(mood)
            place = self.place("[one]\ncommand = env > environment\nshell = yes\n", hook, "[sink two]\nkind = webhook\nurl_env = FAT_HOOK\n")
            os.environ["FAT_HOOK"] = hook.url
            try:
                place.run()
                place.wait_for_end()
                told = place.tell("station", "check").stdout + place.tell("messages").stdout + place.tell("history").stdout
            finally:
                del os.environ["FAT_HOOK"]
            self.assertGreater(hook.requests, 1)
            self.assertTrue((place.folder / "environment").read_text())
            for file, content in self.outputs(place):
                self.assertNotIn(SECRET.encode(), content, file)
            self.assertNotIn(SECRET, told + place.terminal())

    def test_without_a_sink_nothing_is_written_and_no_thread_is_made(self):
        counts = []
        for file in ("", PEOPLE + SINK):
            hook = Hook()
            place = self.place("[one]\nshell = yes\ncommand = ls /proc/$(ps -o ppid= -p $PPID | tr -d ' ')/task | wc -l > threads\n", hook)
            (place.folder / "station.ini").write_text(file)
            place.run()
            place.wait_for_end()
            counts.append(int((place.folder / "threads").read_text()))
            self.assertEqual(bool(self.fates(place)), bool(file))
            self.assertEqual(hook.requests > 0, bool(file))
        self.assertEqual(counts[1], counts[0] + 1)


if __name__ == "__main__":
    unittest.main()
