# Who acts at a station, who is called when nobody answers, and answers from the run's thread. Over the wire, against slack_stand_in.py.
#
# FATMASTER names the built program.
import json
import pathlib
import sys
import unittest

HERE = pathlib.Path(__file__).resolve().parent
sys.path[:0] = [str(HERE), str(HERE.parent / "crash")]

import station  # noqa: E402
from slack_stand_in import TOKEN, Slack  # noqa: E402

PEOPLE = "[person anna]\nslack = U0ANNA\nmay_answer = yes\n[person ben]\nslack = U0BEN\n[person carla]\nslack = U0CARLA\n"
SHIFT = "[shift]\nshifter = anna\nexpert = ben\nescalate = anna, ben, carla\nescalate_after = {}\n"
ASK = "[one]\ncommand = true\n[ask]\ntask = manual_input\nmessage = Is it shut?\n"
PLACES = ("C0FAT", "U0ANNA", "U0BEN", "U0CARLA")


class Shifts(unittest.TestCase):
    def place(self, sections, slack, people=PEOPLE, after="1 h"):
        place = station.Station(station.CONSTANTS + sections)
        self.addCleanup(place.close)
        self.addCleanup(slack.close)
        (place.folder / "secret").write_text(TOKEN)
        (place.folder / "secret").chmod(0o600)
        (place.folder / "station.ini").write_text(
            people + SHIFT.format(after) + f"[sink chat]\nkind = slack\ntoken_file = secret\nchannel = C0FAT\nserver = {slack.server_address}\n"
        )
        return place

    def asked(self, place, slack):
        place.run()
        place.wait_for_status("waiting")
        self.assertTrue(slack.wait_for(lambda: "QUESTION" in slack.told("C0FAT")))

    def test_a_question_that_nobody_acknowledges_goes_to_the_next_person(self):
        slack = Slack(PLACES)
        place = self.place(ASK, slack, after="2 s")
        self.asked(place, slack)

        self.assertTrue(slack.wait_for(lambda: "carla is called" in slack.told("U0CARLA")))
        self.assertTrue(slack.wait_for(lambda: "<@U0CARLA>" in slack.told("C0FAT")))
        told = place.tell("ack")
        self.assertIn("acknowledged: 1", told.stdout)
        self.assertIn("nothing waits to be acknowledged", place.tell("ack").stdout)
        self.assertIn("has seen it", place.tell("status").stdout)
        alerts = json.loads(place.tell("status", "--json").stdout)["alerts"]
        self.assertEqual([(one["id"], one["called"]) for one in alerts], [("1", ["anna", "ben", "carla"])])
        place.tell("answer", "yes")
        self.assertEqual(place.wait_for_end(), 0)
        self.assertEqual([event.body for event in place.events("person_called")], [{"person": "carla", "alerts": ["1"]}])
        self.assertEqual(json.loads(place.tell("status", "--json").stdout)["alerts"], [])

    def test_a_shift_is_handed_over_with_what_happened(self):
        slack = Slack(PLACES)
        place = self.place(ASK, slack)
        self.assertIn("station.ini names anna", place.tell("shift").stdout)
        self.asked(place, slack)

        wrong = place.tell("shift", "start", "carl")
        self.assertEqual(wrong.returncode, 2)
        self.assertIn("did you mean 'carla'?; there are: anna, ben, carla", wrong.stderr)
        self.assertIn("carla acts at this station from now on", place.tell("shift", "start", "carla").stdout)
        told = place.tell("shift", "hand-over", "ben").stdout
        self.assertIn("ben acts at this station from now on", told)
        self.assertIn("waits for a person:", told)
        self.assertIn("Is it shut?", told)
        self.assertTrue(slack.wait_for(lambda: "handed over from carla to ben" in slack.told("U0BEN")))
        place.tell("answer", "yes")
        self.assertEqual(place.wait_for_end(), 0)

        self.assertTrue(place.events("prompt_answered")[0].who.startswith("ben"), place.events("prompt_answered")[0].who)
        self.assertIn("(uid ", place.events("prompt_answered")[0].who)
        # without a scheduler
        self.assertIn("anna acts at this station from now on", place.tell("shift", "hand-over", "anna").stdout)
        shown = json.loads(place.tell("shift", "--json").stdout)
        self.assertEqual((shown["person"], shown["expert"]), ("anna", "ben"))
        self.assertIn("anna acts at this station since", place.tell("shift").stdout)
        self.assertIn("the shift is handed over from ben to anna", place.tell("history").stdout)

    def test_answers_in_the_thread_count_once_and_only_of_those_who_may(self):
        slack = Slack(PLACES)
        place = self.place(ASK, slack)
        self.asked(place, slack)
        self.assertIn("in this thread: yes or no", slack.told("C0FAT"))

        slack.replies_refused = 1
        for number in range(20):  # two pages
            slack.write("U0EVE", f"talk {number} of people who look at the freezer")
        slack.write("U0EVE", "yes")
        slack.write("U0ANNA", "maybe")
        self.assertTrue(slack.wait_for(lambda: "answers of unlisted people do not count here" in slack.told("C0FAT")))
        self.assertTrue(slack.wait_for(lambda: "'maybe' is no answer to question 1; write: yes or no" in slack.told("C0FAT")))
        self.assertEqual(place.events("prompt_answered"), [])
        slack.write("U0ANNA", "ack")
        self.assertTrue(slack.wait_for(lambda: "acknowledged by anna at slack: 1" in slack.told("C0FAT")))
        slack.write("U0ANNA", "yes")
        slack.write("U0ANNA", "no")
        self.assertEqual(place.wait_for_end(), 0, place.terminal())

        (answer,) = place.events("prompt_answered")
        self.assertEqual((answer.who, answer.body["value"]), ("anna at slack", "yes"))
        read = [event.body["ts"] for event in place.events("reply_read")]
        self.assertEqual(len(read), len(set(read)))
        self.assertGreater(slack.pages, 1)

    def test_what_was_read_is_not_acted_on_again_after_a_restart_and_nothing_older_answers(self):
        slack = Slack(PLACES)
        place = self.place(ASK, slack)
        self.asked(place, slack)
        slack.write("U0ANNA", "maybe")
        self.assertTrue(slack.wait_for(lambda: "'maybe' is no answer" in slack.told("C0FAT")))
        place.tell("stop")
        place.wait_for_end()
        slack.write("U0ANNA", "yes")  # to the question that is closed
        looks = slack.looks
        place.resume()
        place.wait_for_status("waiting")
        station.wait_until(lambda: slack.told("C0FAT").count("QUESTION") == 2)
        station.wait_until(lambda: slack.looks > looks + 1)

        self.assertEqual(place.events("prompt_answered"), [])
        place.tell("answer", "yes")
        self.assertEqual(place.wait_for_end(), 0)
        self.assertEqual(slack.told("C0FAT").count("'maybe' is no answer"), 1)

    def test_nobody_asks_slack_while_nobody_is_waited_for(self):
        for people in (PEOPLE, PEOPLE.replace("may_answer = yes\n", "")):
            slack = Slack(PLACES)
            place = self.place("[one]\ncommand = sleep 4\n" if people == PEOPLE else ASK, slack, people)
            place.run()
            if people != PEOPLE:
                place.wait_for_status("waiting")
                place.tell("answer", "yes")
            self.assertEqual(place.wait_for_end(), 0)
            self.assertEqual(slack.looks, 0)

    def test_a_token_that_may_not_read_is_said_once_at_this_station(self):
        slack = Slack(PLACES)
        slack.error_of_replies = "missing_scope"
        place = self.place(ASK, slack)
        self.asked(place, slack)
        self.assertTrue(slack.wait_for(lambda: slack.looks > 0))
        station.wait_until(lambda: "cannot be read (Slack says missing_scope)" in place.terminal())
        place.tell("answer", "yes")
        self.assertEqual(place.wait_for_end(), 0)


if __name__ == "__main__":
    unittest.main()
