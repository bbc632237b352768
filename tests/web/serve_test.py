# `fatmaster serve` and a real run: followed, answered, paused, lost and found again, over HTTP as a browser does it.
#
# FATMASTER names the built program.
import os
import pathlib
import signal
import subprocess
import sys
import threading
import unittest

HERE = pathlib.Path(__file__).resolve().parent
sys.path[:0] = [str(HERE), str(HERE.parent / "crash")]

import station  # noqa: E402
from web_client import PATIENCE, Client  # noqa: E402

STEP = """import os, pathlib
folder = pathlib.Path(os.environ["FATMASTER_STEP_DIR"])
(folder / "curve.svg").write_text("<svg xmlns='http://www.w3.org/2000/svg'/>")
(folder / "other.txt").write_text("not told of")
print("20 \\u00b0C " * 3)
os.write(3, b'{"artifact": "curve.svg"}\\n{"measurement": {"module": "m</script>", "name": "gain", "value": 2}}\\n')
"""
ASK = "[one]\ncommand = python3 step.py\n[ask]\ntask = manual_input\nmessage = Is it <b>shut</b>?\n[last]\ncommand = true\n"
HELD = "[one]\ncommand = true\n[hold]\ncommand = sh -c 'until test -e go; do sleep 0.02; done'\n[last]\ncommand = true\n"


class ServeTest(unittest.TestCase):
    def place(self, sections):
        place = station.Station(station.CONSTANTS + sections)
        self.addCleanup(place.close)
        (place.folder / "step.py").write_text(STEP)
        return place

    def serve(self, place, *words):
        process = subprocess.Popen([station.PROGRAM, "serve", "--listen", "127.0.0.1:0", *words], cwd=place.folder, stdout=subprocess.PIPE, text=True)
        self.addCleanup(process.stdout.close)
        self.addCleanup(process.wait)
        self.addCleanup(process.kill)
        return process, Client(process.stdout.readline())

    def refused(self, place, *words):
        ended = subprocess.run([station.PROGRAM, "serve", *words], cwd=place.folder, capture_output=True, text=True, timeout=PATIENCE)
        self.assertNotEqual(ended.returncode, 0)
        self.assertEqual(ended.stdout, "")
        return ended.stderr

    def test_a_run_is_followed_and_its_question_answered_once(self):
        place = self.place(ASK)
        _, client = self.serve(place)
        self.assertIsNone(client.get("/station")["newest_run"])
        heard = client.listen()
        heard.wait_for_name("hello", run=None)
        place.run()
        heard.wait_for_name("run", run=1)
        heard.wait_for_kind("prompt_opened")
        heard.wait_for(lambda one: one[0] == "status" and one[2]["prompts"], "a status with the question")
        self.assertTrue(client.get("/station")["scheduler"]["alive"])

        run = client.get("/runs/newest")
        (prompt,) = run["prompts"]
        self.assertEqual((prompt["text"], prompt["deadline"]), ("Is it <b>shut</b>?", None))
        self.assertEqual(run["comment"], "crash test")
        answers = []
        people = [threading.Thread(target=lambda: answers.append(client.say("answer", prompt=prompt["id"], value="yes"))) for _ in range(2)]
        for one in people:
            one.start()
        for one in people:
            one.join()
        self.assertEqual(sorted(one.status for one in answers), [200, 409])
        late = next(one for one in answers if one.status == 409)
        self.assertIn('question 1 was answered already: "yes" by', late.json["text"])
        heard.wait_for_kind("run_ended")
        self.assertEqual(place.wait_for_end(), 0)
        heard.wait_for(lambda one: one[0] == "status" and one[2]["status"] == "completed", "the end")
        heard.wait_for_name("scheduler", alive=False)
        self.assertIn("(web)", place.events("prompt_answered")[0].who)

        told = [int(number) for number, _ in heard.told("journal")]
        self.assertEqual(told, [event.id for event in place.events()][-len(told) :])
        heard.close()

    def test_what_a_step_left_is_shown(self):
        place = self.place(ASK)
        _, client = self.serve(place)
        place.run()
        place.wait_for_status("waiting")
        attempt = "/runs/1/steps/main/0/attempts/1"

        output = client.get(attempt + "/output", tail=8)
        self.assertTrue(output["ended"])
        self.assertEqual(output["text"], "20 \u00b0C \n"[-7:])
        self.assertEqual(client.get(attempt + "/output", offset=0, until=8)["text"], "20 \u00b0C 2")
        picture = client.request("GET", attempt + "/artifacts/curve.svg")
        self.assertEqual((picture.status, picture.headers["Content-Type"]), (200, "image/svg+xml"))
        self.assertIn("sandbox", picture.headers["Content-Security-Policy"])
        for name in ("other.txt", "..%2F..%2F..%2F..%2Fstation.ini", "%2Fetc%2Fpasswd", "exit.json"):
            self.assertIn(client.request("GET", attempt + "/artifacts/" + name).status, (400, 404), name)
        self.assertEqual(client.get("/runs/1/measurements")["measurements"][0]["module"], "m</script>")
        self.assertEqual(len(client.get("/runs/1/report")["attempts"]), 2)
        page = client.request("GET", "/runs/1/report.html")
        self.assertNotIn(b"m</script>", page.body)
        self.assertEqual(client.get("/runs/1/rehearsal")["milestones"][-1]["kind"], "end")
        self.assertTrue(client.say("quarantine", value="nobody", reason="x").status == 409)
        written = client.request("POST", "/runs/1/logbook", {"text": "the freezer is shut"})
        self.assertEqual(written.status, 200, written.body)
        self.assertEqual(client.get("/runs/1/logbook", search="SHUT freezer")["entries"][0]["text"], "the freezer is shut")

    def test_a_run_is_paused_lost_and_found_again(self):
        place = self.place(HELD)
        _, client = self.serve(place)
        heard = client.listen()
        place.run()
        heard.wait_for_kind("attempt_started", "hold")
        heard.wait_for(lambda one: one[0] == "status" and one[2]["open"], "that it runs")

        self.assertIn("pause", client.say("pause").json["text"])
        self.assertEqual(client.say("continue").status, 200)
        self.assertEqual(client.say("continue", reason="again").json["accepted"], True)
        self.assertEqual(client.say("answer", value="yes").status, 409)
        place.kill_scheduler()
        heard.wait_for_name("scheduler", alive=False)
        self.assertFalse(client.get("/station")["scheduler"]["alive"])

        asked = client.say("pause", reason="nobody is here")
        self.assertEqual(asked.status, 200, asked.body)
        self.assertIn("no scheduler is running", asked.json["text"])
        heard.wait_for_kind("pause_requested")
        place.resume()
        heard.wait_for_name("scheduler", alive=True)
        (place.folder / "go").touch()
        heard.wait_for_kind("paused")
        self.assertEqual(client.say("continue").status, 200)
        heard.wait_for_kind("run_ended")
        heard.close()

    def test_a_listener_that_comes_back_misses_nothing_and_hears_nothing_twice(self):
        place = self.place(HELD)
        process, client = self.serve(place)
        heard = client.listen()
        place.run()
        _, begun, _ = heard.wait_for_kind("attempt_started", "hold")
        heard.close()
        (place.folder / "go").touch()
        place.wait_for_end()

        again = client.listen(after=begun)
        again.wait_for_kind("run_ended")
        told = [int(number) for number, _ in again.told("journal")]
        self.assertEqual(told, [event.id for event in place.events() if event.id > int(begun)])
        again.close()
        process.send_signal(signal.SIGTERM)
        self.assertEqual(process.wait(PATIENCE), 0)

    def test_a_server_beside_a_run_ends_with_it(self):
        place = self.place("[ask]\ntask = manual_input\nmessage = Shut?\n")
        place.run("--listen", "127.0.0.1:0")
        place.wait_for_status("waiting")
        address = next(line for line in place.terminal().splitlines() if line.startswith("dashboard: "))
        client = Client(address.removeprefix("dashboard: "))
        heard = client.listen()
        server = next(pid for pid in place.processes() if b"\0--beside\0" in pathlib.Path(f"/proc/{pid}/cmdline").read_bytes())
        group = pathlib.Path(f"/proc/{server}/autogroup")
        if group.exists():  # not in every kernel
            self.assertIn("nice 15", group.read_text())

        self.assertEqual(client.say("answer", value="yes").status, 200)
        self.assertEqual(place.wait_for_end(), 0)

        heard.thread.join(PATIENCE)
        self.assertTrue(heard.over)
        self.assertEqual(place.processes(), [])

    def test_each_of_its_threads_gives_way_to_a_run(self):
        process, _ = self.serve(self.place(HELD))
        threads = [int(thread.name) for thread in pathlib.Path(f"/proc/{process.pid}/task").iterdir()]
        self.assertGreater(len(threads), 2)
        for thread in threads:
            self.assertEqual((os.sched_getscheduler(thread), os.getpriority(os.PRIO_PROCESS, thread)), (os.SCHED_BATCH, 15))

    def test_it_says_why_it_cannot_listen(self):
        place = self.place(ASK)
        _, client = self.serve(place)

        self.assertIn(str(client.port), self.refused(place, "--listen", f"127.0.0.1:{client.port}"))
        self.assertIn("users", self.refused(place, "--listen", "0.0.0.0:0"))
        self.assertIn("127.0.0.1:8080", self.refused(place, "--listen", "nowhere"))
        place.run("--listen", f"127.0.0.1:{client.port}")
        self.assertNotEqual(place.wait_for_end(), 0)
        self.assertEqual(place.events(), [])


if __name__ == "__main__":
    unittest.main()
