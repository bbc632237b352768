# The scheduler killed at random moments -> no step lost, none at the same time as another, none repeated without a reason.
#
# FATMASTER_KILLS (200) says how often, FATMASTER_SEED which moments.
import collections
import os
import random
import time
import unittest

import station

KILLS = int(os.environ.get("FATMASTER_KILLS", "200"))
SEED = int(os.environ.get("FATMASTER_SEED", int.from_bytes(os.urandom(4), "big")))
STEPS = 24
FIGURES = collections.Counter()

STEP = """echo "start $FATMASTER_STEP_TITLE $FATMASTER_ATTEMPT" >> trace
[ "$1" = 0 ] || sleep "$1"
echo "end $FATMASTER_STEP_TITLE $FATMASTER_ATTEMPT" >> trace
"""


def title(index):
    return f"step_{index:02}"


def is_rerun(index):
    return index % 3 == 1


def schedule(rng):
    """Short steps in a chain: most take no time, some 50 ms, some 300 ms."""
    text = station.CONSTANTS
    for index in range(STEPS):
        length = rng.choice(["0", "0", "0", "0", "0.05", "0.05", "0.3"])
        text += f"[{title(index)}]\ncommand = sh step.sh {length}\n"
        if is_rerun(index):
            text += "recovery = rerun\n"
    return text


class Campaign:
    """One run, killed again and again until it is through."""

    def __init__(self, test, rng):
        self.test = test
        self.rng = rng
        self.station = station.Station(schedule(rng))
        (self.station.folder / "step.sh").write_text(STEP)
        self.must_be_harvested = set()
        self.cuts = 0

    def is_over(self):
        return any(event.kind == "run_ended" and event.body["status"] == "completed" for event in self.station.events())

    def answer(self):
        """As a person would who knows what the bench did: what the trace says."""
        status = self.station.status()
        for prompt in status["prompts"] if status else ():
            self.test.assertEqual(prompt["purpose"], "recovery", prompt)
            step = prompt["step"]
            has_ended = any(line.startswith(f"end {step} ") for line in self.station.lines())
            value = "done" if has_ended else "rerun"
            self.station.note(f"answer {step} {value}")
            told = self.station.tell("answer", str(prompt["id"]), value, "--reason", "the trace says so")
            self.test.assertEqual(told.returncode, 0, told.stderr)
            FIGURES["prompts answered"] += 1

    def play(self, seconds, lines=0):
        """Answers what is asked until so many lines have come and then `seconds` have passed, or the scheduler has ended."""
        goal = len(self.station.lines()) + lines
        patience = time.monotonic() + station.BOUND
        moment = None
        while self.station.process.poll() is None:
            now = time.monotonic()
            if moment is None and len(self.station.lines()) >= goal:
                moment = now + seconds
            if moment is not None and now >= moment:
                return
            self.require(now < patience, "the run does not go on")
            if lines:
                self.answer()
            self.station.let_it_run()

    def play_to_a_random_moment(self):
        if self.rng.random() < 0.4:
            self.play(self.rng.uniform(0, 0.15))  # while it starts
        else:
            self.play(self.rng.uniform(0, 0.06), lines=self.rng.randint(1, 4))

    def play_to_the_end(self):
        self.play(station.BOUND, lines=10 * STEPS)
        self.require(self.station.process.returncode == 0, f"exit code {self.station.process.returncode}")

    def resume(self, kind):
        """What ended before the new scheduler came is remembered: it has to be harvested. False when the run was over already."""
        if self.is_over():
            told = self.station.tell("resume")
            self.require(told.returncode == 7 and "completed" in told.stderr, f"{told}")
            return False
        open_attempts = self.station.open_attempts()
        for key, index in open_attempts.items():
            end = self.station.attempt_folder(key, index) / "exit.json"
            if kind == "scheduler" and self.rng.random() < 0.4 and f"start {key[0]} {key[1]}" in self.station.lines():
                station.wait_until(end.exists, what=f"{end}")
            if end.exists():
                self.must_be_harvested.add(key)
        self.station.resume()
        return True

    def kill(self, kind):
        if kind == "engine":
            return self.station.kill_engine()
        if kind == "scheduler":
            self.station.kill_scheduler()
        else:
            self.station.cut_power()
            self.station.note("cut")
            self.cuts += 1
        return True

    def story(self):
        ends = [self.station.terminal().splitlines(), [repr(event) for event in self.station.events()], self.station.lines()]
        return f"seed {SEED}\n" + "\n\n".join("\n".join(lines[-50:]) for lines in ends)

    def fail(self, why):
        self.test.fail(f"{why}\n{self.story()}\n{why}")

    def require(self, condition, why):
        if not condition:
            self.fail(why)

    # -- what must hold at the end

    def check(self):
        self.check_trace()
        self.check_journal()
        view = self.station.view()
        expected = {f"[{index}] {title(index)}": 1 for index in range(STEPS)}
        said = {name: value for name, value in view["MasterFAT_00"].items() if name.startswith("[")}
        self.require(said == expected and "end_time" in view["MasterFAT_00"], f"the run JSON says {view}")
        self.require(set(view) == {"comment", "date", "MasterFAT_00"}, f"the run JSON has the keys {sorted(view)}")

    def check_trace(self):
        running = None
        done = []
        excuse = {}
        for line in self.station.lines():
            word, *rest = line.split()
            if word == "start":
                step, attempt = rest
                self.require(running is None, f"{line}: while {running} ran")
                self.require(step == title(len(done)) or excuse.get(step), f"{line}: after {done[-1:]}")
                self.require(int(attempt) == 1 or excuse.get(step, True), f"{line}: for no reason")
                excuse[step] = False
                running = rest
            if word == "end":
                self.require(running == rest, f"{line}: while {running} ran")
                running = None
                done += [rest[0]] if rest[0] not in done else []
            if word == "answer":
                excuse[rest[0]] = excuse.get(rest[0]) or rest[1] == "rerun"
            if word == "cut":
                running = None
                for index in filter(is_rerun, range(STEPS)):
                    excuse[title(index)] = True
        self.require(done == [title(index) for index in range(STEPS)], f"done: {done}")

    def check_journal(self):
        lines = self.station.lines()
        ended = {}
        adopted = {}
        started = set()
        for event in self.station.events():
            if event.kind == "attempt_started":
                started.add(event.key)
            if event.kind == "scheduler_started":
                adopted = {key: False for key in adopted}
            if event.kind == "attempt_adopted":
                adopted[event.key] = True
                FIGURES["adopted"] += 1
            if event.kind == "attempt_ended":
                self.check_end(event, lines, adopted.pop(event.key, False))
                ended[event.key] = event.body
        self.require(started == set(ended), f"without an end: {started - set(ended)}")
        for key in self.must_be_harvested:
            self.require(ended[key]["cause"] == "harvested", f"{key} had ended before: {ended[key]}")

    def check_end(self, event, lines, just_adopted):
        cause = event.body["cause"]
        name = f"{event.key[0]} {event.key[1]}"
        FIGURES[cause] += 1
        if cause == "never_started":
            self.require(f"start {name}" not in lines, f"it has started: {event}")
        if cause in ("exited", "harvested"):
            self.require(event.body["outcome"] == "done" and f"end {name}" in lines, f"{event}")
        if cause == "lost":
            self.require(self.cuts > 0, f"nothing killed it: {event}")
        if just_adopted:
            self.require(cause == "exited", f"adopted: {event}")


class KilledAnywhere(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        print(f"FATMASTER_SEED={SEED}", flush=True)

    @classmethod
    def tearDownClass(cls):
        words = ("kills", "runs", "exited", "adopted", "harvested", "never_started", "lost", "prompts answered")
        print(", ".join(f"{word}: {FIGURES[word]}" for word in words))

    def kill_again_and_again(self, kind, kills, lives=None):
        """`lives`: so often may one supervisor see its engine die, for each time it waits twice as long."""
        rng = random.Random(f"{SEED} {kind}")
        began = time.monotonic()
        done = 0
        while done < kills:
            campaign = Campaign(self, rng)
            try:
                done += self.one_campaign(campaign, kind, kills - done, lives)
            finally:
                campaign.station.close()
        FIGURES["kills"] += done
        print(f"{kind}: {done} kills in {time.monotonic() - began:.1f} s", flush=True)

    def one_campaign(self, campaign, kind, kills, lives):
        campaign.station.run()
        killed = of_this_supervisor = 0
        while killed < kills and not campaign.is_over():
            campaign.play_to_a_random_moment()
            if campaign.station.process.poll() is None and campaign.kill(kind):
                killed += 1
                of_this_supervisor += 1
                if of_this_supervisor == lives:
                    campaign.kill("scheduler")
                    of_this_supervisor = 0
                if campaign.station.process.poll() is not None and not campaign.resume(kind):
                    break
        else:
            campaign.play_to_the_end()
        campaign.check()
        FIGURES["runs"] += 1
        return killed

    def test_the_engine_killed_alone_is_started_again_by_its_supervisor(self):
        self.kill_again_and_again("engine", KILLS // 4, lives=2)

    def test_steps_go_on_without_supervisor_and_engine_and_are_taken_over(self):
        self.kill_again_and_again("scheduler", KILLS * 2 // 5)

    def test_a_power_cut_leaves_questions_or_repetitions_as_declared(self):
        self.kill_again_and_again("power", KILLS - KILLS // 4 - KILLS * 2 // 5)

    def test_last_words_that_a_kill_cut_off_reach_the_run_json_with_the_next_start(self):
        rng = random.Random(SEED)
        for by_supervisor, code in ((False, 7), (True, 0)):
            campaign = Campaign(self, rng)
            try:
                campaign.station.run()
                before = campaign.station.run_json.read_text()
                campaign.play_to_the_end()
                campaign.station.run_json.write_text(before)

                died = campaign.station.events("scheduler_started")[-1].body["pid"]
                more = ["--engine", "--restart", str(died)] if by_supervisor else []
                told = campaign.station.tell("resume", *more)

                self.assertEqual(told.returncode, code, told.stderr)
                campaign.check()
            finally:
                campaign.station.close()


if __name__ == "__main__":
    unittest.main()
