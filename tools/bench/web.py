# What the dashboard costs: a run beside many listeners, how late they hear, how fast a long run opens, what listeners cost that do
# not read.
import contextlib
import json
import pathlib
import shutil
import statistics
import subprocess
import sys
import time

import measure
import peers

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parents[1] / "tests/web"))
from web_client import Client  # noqa: E402

OPENED = ("/station", "/runs/newest", "/runs/newest/measurements?latest=1", "/runs/newest/readings", "/runs/newest/events?newest=1&limit=300")


@contextlib.contextmanager
def server(tools, folder):
    words = [tools["fatmaster"], "serve", "--listen", "127.0.0.1:0"]
    process = subprocess.Popen(words, cwd=folder, stdout=subprocess.PIPE, text=True)
    try:
        yield process, process.stdout.readline().strip()
    finally:
        process.terminate()
        process.wait(measure.BOUND)
        process.stdout.close()


@contextlib.contextmanager
def clients(address, listeners, silent):
    """What they say at the end stands in the list that is given. They get the time that is left."""
    words = [sys.executable, str(HERE / "web_clients.py"), address, str(listeners), str(silent)]
    process = subprocess.Popen(words, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    process.stdout.readline()
    said = []
    try:
        yield said
    finally:
        out, _ = process.communicate(timeout=measure.BOUND)
        said.append(json.loads(out))


def alone(tools, folder, steps):
    return peers.run_fatmaster(tools, folder, steps).elapsed


def beside(tools, folder, steps, listeners):
    """(how long, what the listeners said, processor time of the server meanwhile)"""
    with server(tools, folder) as (process, address), clients(address, listeners, 0) as said:
        before = measure.processor_time_of_all(process.pid)
        elapsed = peers.run_fatmaster(tools, folder, steps).elapsed
        served = measure.processor_time_of_all(process.pid) - before
    return elapsed, said[0], served


def beside_a_spinner(tools, folder, steps):
    """The same beside a program that has nothing to do with it and only takes the time that is left: what this machine itself makes of
    a second processor that is not idle."""
    spinner = subprocess.Popen(["chrt", "--idle", "0", sys.executable, "-c", "while True: pass"])
    try:
        return peers.run_fatmaster(tools, folder, steps).elapsed
    finally:
        spinner.kill()
        spinner.wait()


def at_ten_steps_a_second(tools, place, steps, listeners):
    """(a step alone, a step beside `listeners` and the loop, in ms; how late each event came to each listener, in s). In a flood it is
    the listeners that are slow: one program reads for all of them."""
    text = measure.sections(steps).replace("/bin/true", "sleep 0.1")
    run = [tools["fatmaster"], "run", "s.ini"]
    folders = [place.new(), place.new()]
    for folder in folders:
        measure.write_station(folder, text)
    alone = measure.run(run, folders[0]).elapsed
    with server(tools, folders[1]) as (_, address), clients(address, listeners, 0) as said:
        beside = measure.run(run, folders[1]).elapsed
    return 1000 * alone / steps, 1000 * beside / steps, said[0]["late"]


def percentile(values, part):
    return sorted(values)[min(len(values) - 1, int(part * len(values)))] if values else float("nan")


def resident(pid):
    return int(measure.status(pid)["VmRSS"].split()[0]) / 1024


def fill_long_run(tools, folder, steps):
    measure.write_station(folder, measure.sections(steps + 1))
    measure.run([tools["fatmaster"], "run", "s.ini", "--until", "t0"], folder)
    measure.run([tools["fat_bench_fill"], "fatmaster.db", "1", "5"], folder)


def opening(tools, folder, rounds):
    """Seconds from the command to the run's first page, and of all the page asks for when the server is there."""
    cold, warm = [], []
    for _ in range(rounds):
        began = time.perf_counter()
        with server(tools, folder) as (_, address):
            client = Client(address)
            client.get("/runs/newest")
            cold.append(time.perf_counter() - began)
            began = time.perf_counter()
            for path in OPENED:
                client.get(path)
            warm.append(time.perf_counter() - began)
    return cold, warm


def memory(tools, folder, steps, silent):
    with server(tools, folder) as (process, address):
        with clients(address, 0, silent):  # they are there and have read nothing
            before = resident(process.pid)
            peers.run_fatmaster(tools, folder, steps)
            after = resident(process.pid)
    return before, after


def part(work, tools, options, row, ratio):
    steps, rounds, listeners = (200, 2, 200) if options.quick else (1000, 4, 200)
    times = {"alone": [], "beside": [], "beside one idle-class loop": []}
    flood, answered, served = [], 0, 0
    with measure.fresh_folders(work) as place:
        for _ in range(rounds):
            times["alone"].append(1000 * alone(tools, place.new(), steps) / steps)
            elapsed, said, processor = beside(tools, place.new(), steps, listeners)
            served += processor
            times["beside"].append(1000 * elapsed / steps)
            flood += said["late"]
            answered += said["answered"]
            times["beside one idle-class loop"].append(1000 * beside_a_spinner(tools, place.new(), steps) / steps)
        calm, calm_beside, late = at_ten_steps_a_second(tools, place, 100, listeners)
    rows = [row(f"-- {steps} steps of /bin/true beside {listeners} listeners and a loop of requests ({answered} answered)", "")]
    rows += [row(f"a step {name}", f"{min(some):.2f} ms shortest, {statistics.median(some):.2f} ms median") for name, some in times.items()]
    rows.append(row("the server meanwhile", f"processor {1000 * served / rounds / steps:.2f} ms a step"))
    # What any neighbour costs, one of the idle class that does nothing but count, is the machine's; the rest is the dashboards'.
    machine = statistics.median(times["beside one idle-class loop"]) / statistics.median(times["alone"])
    rows.append(row("beside that loop / alone", f"{machine:.2f} x median"))
    rows.append(ratio("beside / beside that loop", times["beside"], times["beside one idle-class loop"], 1.1))
    rows.append(row("an event at its listeners", f"{1000 * percentile(flood, 0.5):.0f} ms median, {1000 * percentile(flood, 0.99):.0f} ms for 99 %"))
    rows.append(row("-- ten steps a second beside the same", ""))
    rows.append(row("a step of 0.1 s", f"{calm:.1f} ms alone, {calm_beside:.1f} ms beside", "at most 1.02 x", calm_beside / calm < 1.02))
    rows.append(row("an event at its listeners", f"{1000 * percentile(late, 0.5):.0f} ms median, {1000 * percentile(late, 0.99):.0f} ms for 99 %",
                    "99 % under 100 ms", percentile(late, 0.99) < 0.1))
    long = 2000 if options.quick else 20000
    fill_long_run(tools, work / "web_long", long)
    cold, warm = opening(tools, work / "web_long", 3)
    rows.append(row(f"opening {long} steps, {5 * long} measurements", f"{min(warm):.2f} s shortest, {statistics.median(warm):.2f} s median; "
                    f"with the server's start {statistics.median(cold):.2f} s", "under 1 s", statistics.median(warm) < 1))
    with measure.fresh_folders(work) as place:
        before, after = memory(tools, place.new(), steps, 50)
    rows.append(row("50 listeners that do not read", f"{before:.0f} MiB before, {after:.0f} MiB after {steps} steps", "100 MiB more at most",
                    after - before < 100))
    shutil.rmtree(work / "web_long", ignore_errors=True)
    return rows
