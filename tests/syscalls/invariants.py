# A station after a crash and a `resume` -> nothing, or Broken saying which promise of the spine was not kept.
import collections
import re

import traced_station

TOLD = re.compile(r"\[\d+\] (?P<title>[^:]+): (?P<word>started|done) ?")


def require(condition, why):
    if not condition:
        raise traced_station.Broken(why)


def check_what_was_told(station):
    """Nothing is told before it is stored; at every instant the run JSON is complete."""
    stored = {(event.kind, event.key[0]) for event in station.events()}
    stored |= {("attempt_ended", event.body.get("title")) for event in station.events("step_resolved")}
    for line in station.terminal().splitlines():
        told = TOLD.search(line)
        kind = "attempt_started" if told and told["word"] == "started" else "attempt_ended"
        require(not told or (kind, told["title"]) in stored, f"told but not stored: {line}")
    view = station.view()
    require(view["comment"] == "crash test", f"the run JSON lost what was in it: {view}")


def check_taken_over(station, open_before):
    """What had ended is harvested, what still ran is adopted: neither is called lost or begun again."""
    ends = {event.key: event.body for event in station.events("attempt_ended")}
    adopted = {event.key for event in station.events("attempt_adopted")}
    for key, how in open_before.items():
        cause = ends.get(key, {}).get("cause")
        if how == "ended":
            require(cause in ("harvested", "exited"), f"{key} had ended before: {ends.get(key)}")
        elif key not in adopted:  # it may have ended before anybody looked
            require(cause == "harvested", f"{key} was running: {ends.get(key)}")


def check(station):
    """A run that is over."""
    check_trace(station)
    check_journal(station)
    check_view(station)
    require(not station.processes(), "something still runs")


def check_trace(station):
    scenario, running, failed = station.scenario, None, set()
    started, done, excuse = set(), [], collections.Counter()
    for line in station.lines():
        word, rest = line.split(" ", 1)
        title = rest.rsplit(" ", 2 if word == "end" else 1)[0]
        require(word != "two", f"two at the same time: {line}")
        if word == "start":
            cut_off = running is not None and station.steps_may_die
            require(running is None or cut_off, f"{line}: while {running} ran")
            may = title in scenario.rerun + scenario.safe or title in failed or excuse[title] > 0
            require(title not in started or may, f"{line}: again, for no reason")
            check_order(scenario, title, done, line)
            excuse[title] -= 1 if title in started and title not in failed else 0
            started.add(title)
            running = title
        if word == "end":
            require(running == title, f"{line}: while {running} ran")
            running = None
            failed = failed | {title} if not rest.endswith(" 0") else failed - {title}
            done += [title] if rest.endswith(" 0") and title not in done else []
        if word == "answer":
            excuse[title] += rest.endswith((" rerun", " retry"))
    require(set(done) == {*scenario.main, *scenario.safe}, f"done: {done}")
    require(done[: len(scenario.main)] == list(scenario.main), f"done in this order: {done}")


def check_order(scenario, title, done, line):
    if title in scenario.main:
        before = scenario.main[: scenario.main.index(title)]
        require(all(other in done for other in before), f"{line}: before {before} were done ({done})")


def check_journal(station):
    lines = station.lines()
    started, ended, done = set(), {}, collections.Counter()
    for event in station.events():
        if event.kind == "attempt_started":
            require(event.key not in started, f"twice: {event}")
            started.add(event.key)
        if event.kind == "attempt_ended":
            require(event.key in started and event.key not in ended, f"ended twice or never started: {event}")
            ended[event.key] = event.body
            done[event.key[0]] += event.body["outcome"] == "done" and event.body["key"].get("list", "main") == "main"
            check_end(station, event, lines)
    require(started == set(ended), f"without an end: {started - set(ended)}")
    require(all(count <= 1 for count in done.values()), f"done more than once: {done}")


def check_end(station, event, lines):
    title, attempt = event.key
    ours = title in station.scenario.main + station.scenario.safe and event.body["key"].get("list") != "backup"
    if not ours:
        return
    cause, outcome = event.body["cause"], event.body["outcome"]
    if cause == "never_started":
        require(f"start {title} {attempt}" not in lines, f"it has started: {event}")
    if outcome == "done":
        require(f"end {title} {attempt} 0" in lines, f"it has not ended: {event}")


def check_view(station):
    view = station.view()
    runs = {name: value for name, value in view.items() if name.startswith("MasterFAT_")}
    require(list(runs) == ["MasterFAT_00"], f"the run JSON says {view}")
    said = {name.split("] ", 1)[1]: value for name, value in runs["MasterFAT_00"].items() if name.startswith("[")}
    require(all(said.get(title) == 1 for title in station.scenario.main), f"the run JSON says {view}")
    require("end_time" in runs["MasterFAT_00"], f"the run JSON says {view}")
