# What a bench that is read all the time costs: 1,000 channels ten times a second over the wire, an interlock under that load, how fast
# readings are stored, and a week in virtual time.
import contextlib
import json
import sqlite3
import statistics
import subprocess
import time

import measure

BENCHES = 5  # virtual benches, each with four instruments that are read
CHANNELS = 50  # of each of these instruments
PERIOD = 100  # ms
# What is asked of each instrument, in turn, until it has all its channels.
SUPPLY = [f"{name} {channel}" for name in ("output", "voltage", "current", "power") for channel in (1, 2, 3)]
METER = ["voltage_setpoint", "current_limit", "output", "compliance"]
CRATE = [f"{name} {channel}" for channel in (1, 2, 3, 4) for name in ("voltage", "current", "ramping", "status")]
PLANT = ["temperature", "status", "setpoint"]
KINDS = {"supply": SUPPLY, "source_meter": METER, "high_voltage": CRATE, "plant": PLANT}
REGISTERS = "registers = temperature 142 float degC; status 320 unsigned; setpoint 310 float degC -35 25\n"
HEATER = "supply_0_0"  # output 1
COLD, HOT = 250, 280
WATCHED = f"""[device plate]
kind = file_sensor
file = plate
maximum_age = 0 s
[channel plate]
instrument = plate
quantity = value
unit = K
calibration = polynomial 0, 1
period = {PERIOD} ms
[interlock heating]
channels = plate
trip = above 273 K
latching = no
action = set
set = {HEATER} off
"""
WEEK = """[station]
name = week
time_zone = UTC
[paths]
locks = locks
[device supply]
kind = rigol_dp900
link = tcp 127.0.0.1:1
[device high_voltage]
kind = caen_n1470
link = tcp 127.0.0.1:2
""" + "".join(f"[channel {name}]\ninstrument = {instrument}\nquantity = {quantity}\nperiod = 10 s\n" for name, instrument, quantity in (
    ("volts", "supply", "voltage 1"), ("amperes", "supply", "current 1"), ("heater", "supply", "output 1"), ("hv", "high_voltage", "voltage 1"), ("leakage", "high_voltage", "current 1")))
WEEK += "[interlock leaks]\nchannels = leakage\ntrip = above 0.001 A\ninvalid_after = 1 min\naction = set\nset = heater off\n"


@contextlib.contextmanager
def virtual_bench(tools, folder):
    """{name: (kind, link)}"""
    folder.mkdir(parents=True)
    with subprocess.Popen([tools["fatmaster"], "sim", "--modules", "1", "--json"], cwd=folder, stdout=subprocess.PIPE, text=True) as bench:
        try:
            said = ""
            while not said.endswith("\n}\n"):
                said += bench.stdout.readline()
            yield {one["name"]: (one["kind"], one["link"]) for one in json.loads(said)["instruments"]}
        finally:
            bench.terminate()


def station_text(benches):
    text = "[station]\nname = bench\n[paths]\nlocks = locks\n"
    for number, bench in enumerate(benches):
        for name, quantities in KINDS.items():
            kind, link = bench[name]
            text += f"[device {name}_{number}]\nkind = {kind}\nlink = {link}\n" + (REGISTERS if kind == "modbus_plant" else "pause = 0 s\n")
            for place in range(CHANNELS):
                quantity = quantities[place % len(quantities)]
                text += f"[channel {name}_{number}_{place}]\ninstrument = {name}_{number}\nquantity = {quantity}\nperiod = {PERIOD} ms\n"
    return text + WATCHED


def show(folder, kelvin):
    new = folder / "plate.new"
    new.write_text(f"{kelvin}\n")
    new.rename(folder / "plate")


def stored(folder, text, *values):
    with contextlib.closing(sqlite3.connect(folder / "readings.db", timeout=measure.BOUND)) as file:
        return file.execute(text, values).fetchall()


def missed(folder, began):
    """(readings, periods without one, periods) of the thousand, from then until all were stored last."""
    last = stored(folder, "SELECT min(at) FROM (SELECT max(at) AS at FROM single GROUP BY channel)")[0][0]
    rows = stored(folder, "SELECT channel, at FROM single WHERE at BETWEEN ? AND ? ORDER BY channel, at", began, last)
    skipped, before = 0, None
    for channel, at in rows:
        if before and before[0] == channel:
            skipped += max(0, round((at - before[1]) / PERIOD) - 1)
        before = (channel, at)
    return len(rows), skipped, (BENCHES * len(KINDS) * CHANNELS + 1) * (last - began) / PERIOD


def newest(folder, channel):
    rows = stored(folder, "SELECT at, value FROM newest JOIN channels ON id = channel WHERE name = ?", channel)
    return rows[0] if rows else (0, None)


def reaction(tools, folder):
    """ms from the reading that crossed to the heater that read back off."""
    show(folder, COLD)
    measure.wait_for("the interlock is clear", lambda: newest(folder, "plate")[1] == COLD and subprocess.run([tools["fatmaster"], "set", HEATER, "on"], cwd=folder, capture_output=True, check=False).returncode == 0)
    measure.wait_for("the heater is on", lambda: newest(folder, HEATER)[1] == 1)
    since = newest(folder, HEATER)[0]
    show(folder, HOT)
    measure.wait_for("the heater is off", lambda: newest(folder, HEATER)[1] == 0)
    first = "SELECT min(at) FROM single JOIN channels ON id = channel WHERE name = ? AND value {} AND at > ?"
    crossed = stored(folder, first.format(">= 273"), "plate", since)[0][0]
    return stored(folder, first.format("= 0"), HEATER, crossed)[0][0] - crossed


def thousand_channels(work, tools, options, row):
    span, trips = (5, 3) if options.quick else (20, 10)
    folder = work / "station"
    folder.mkdir(parents=True)
    show(folder, COLD)
    with contextlib.ExitStack() as all_of_it:
        benches = [all_of_it.enter_context(virtual_bench(tools, folder / f"bench_{number}")) for number in range(BENCHES)]
        (folder / "station.ini").write_text(station_text(benches))
        said = all_of_it.enter_context(open(folder / "said", "w", encoding="utf-8"))
        process = subprocess.Popen([tools["fatmaster"], "station"], cwd=folder, stdin=subprocess.DEVNULL, stdout=said, stderr=said)
        try:
            measure.wait_for("readings", lambda: (folder / "station.sock").exists() and newest(folder, HEATER)[0])
            time.sleep(2)  # whatever belongs to the start is over
            before, began, wall = measure.processor_time_of_all(process.pid), time.monotonic(), time.time()
            time.sleep(span)
            share = (measure.processor_time_of_all(process.pid) - before) / (time.monotonic() - began)
            taken = [reaction(tools, folder) for _ in range(trips)]
            memory = int(measure.status(process.pid)["VmHWM"].split()[0]) / 1024
        finally:
            process.terminate()
            process.wait(measure.BOUND)
    readings, skipped, periods = missed(folder, wall * 1000)
    invalid = stored(folder, "SELECT count(*) FROM single WHERE value IS NULL")[0][0]
    return [
        row(f"-- a station of {BENCHES * len(KINDS) * CHANNELS} channels, 10 readings a second each, of {BENCHES * len(KINDS)} virtual instruments, one interlock", ""),
        row("processor share of the station process", f"{100 * share:.1f} %", "under 50 %", share < 0.5),
        row("periods without a reading", f"{skipped} of {periods:.0f}, {readings} readings, {invalid} without a value", "none", skipped == 0 and readings > 0),
        row("largest size", f"{memory:.1f} MiB", "under 100 MB", memory * 1048576 < 100e6),
        row("from the reading that crossed to read back off", f"{min(taken)} ms shortest, {statistics.median(taken):.0f} ms median, {max(taken)} ms longest", f"at most {2 * PERIOD} ms", max(taken) <= 2 * PERIOD),
    ]


def storing(work, tools, options, row):
    words = [tools["fat_bench_readings"], str(work / "readings.db"), "5" if options.quick else "30"]
    rate = float(subprocess.run(words, capture_output=True, text=True, check=True).stdout)
    return [row("readings stored, batches of a second", f"{rate:,.0f} a second", "10,000 a second", rate >= 10_000)]


def week(work, tools, options, row):
    days = 1 if options.quick else 7
    folder = work / "week"
    folder.mkdir()
    (folder / "station.ini").write_text(WEEK)
    taken = measure.run([tools["fatmaster"], "--virtual", "station", "--for", f"{days}days", "--leave-outputs"], folder)
    with contextlib.closing(sqlite3.connect(folder / "readings_virtual.db")) as file:
        count = file.execute("SELECT count(*) FROM single").fetchone()[0]
    figure = f"{taken.elapsed:.1f} s, processor {taken.processor:.1f} s, {count} readings"
    goal = None if options.quick else "under 60 s"
    return [row(f"{days} days in virtual time, 5 channels at 10 s", figure, goal, None if options.quick else taken.elapsed < 60)]


def part(work, tools, options, row):
    return thousand_channels(work, tools, options, row) + storing(work, tools, options, row) + week(work, tools, options, row)
