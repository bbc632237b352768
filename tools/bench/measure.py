# A command, a folder, a process -> what it takes: time, processor, memory, wake-ups.
import contextlib
import dataclasses
import fcntl
import json
import os
import pathlib
import shutil
import statistics
import struct
import subprocess
import tempfile
import time

BOUND = 60  # seconds anything may take to come about
GET_FLAGS, SET_FLAGS, TOP_FOLDER = 0x80086601, 0x40086602, 0x20000


@dataclasses.dataclass
class Taken:
    elapsed: float
    processor: float  # of the process and all it waited for


def run(words, folder, environment=None):
    before = os.times()
    began = time.perf_counter()
    subprocess.run(words, cwd=folder, env=environment, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, check=True)
    elapsed = time.perf_counter() - began
    after = os.times()
    return Taken(elapsed, after.children_user + after.children_system - before.children_user - before.children_system)


class Place:
    def __init__(self, path):
        self.path = path

    def new(self):
        return pathlib.Path(tempfile.mkdtemp(dir=self.path))


@contextlib.contextmanager
def fresh_folders(base):
    """New folders that do not pay for old ones: ext4 searches past what was deleted in the last minutes whenever it makes a file
    near it. So each folder gets a block group of its own (as top folders do), and all are removed at the end only."""
    path = pathlib.Path(tempfile.mkdtemp(prefix="fat_bench_", dir=base))
    descriptor = os.open(path, os.O_RDONLY)
    with contextlib.suppress(OSError):
        flags = struct.unpack("l", fcntl.ioctl(descriptor, GET_FLAGS, struct.pack("l", 0)))[0]
        fcntl.ioctl(descriptor, SET_FLAGS, struct.pack("l", flags | TOP_FOLDER))
    os.close(descriptor)
    try:
        yield Place(path)
    finally:
        shutil.rmtree(path, ignore_errors=True)


def file_system(path):
    lines = [line.split() for line in pathlib.Path("/proc/self/mounts").read_text().splitlines()]
    mounts = {fields[1]: fields[2] for fields in lines}
    return next(mounts[str(folder)] for folder in (path, *path.parents) if str(folder) in mounts)


def commit_cost(folder):
    """Milliseconds to overwrite and sync what the journal writes for one step."""
    descriptor = os.open(folder / "commit", os.O_RDWR | os.O_CREAT)
    taken = []
    for _ in range(2):
        taken = []
        for number in range(50):
            began = time.perf_counter()
            os.pwrite(descriptor, bytes(5 * 4120), number * 5 * 4120)
            os.fdatasync(descriptor)
            taken.append(1000 * (time.perf_counter() - began))
    os.close(descriptor)
    return statistics.median(taken)


def sections(count):
    return "".join(f"[t{number}]\ncommand = /bin/true\n" for number in range(count))


def plan_sections(count):
    """As the original's generator wrote them: a package, a task, options."""
    return "".join(
        f"\n[measure_{number}]\npackage = degg_measurements.daq_scripts.measure_{number % 20}\ntask = measure_{number % 20}\n"
        f"comment = room temp\nn_jobs = 4\nuse_fir = True\nrun_backup = False\n"
        for number in range(count)
    )


def without_preflight(tools):
    """A version that asks the interpreter about Python functions can be told not to."""
    told = subprocess.run([tools["fatmaster"], "plan", "--help"], capture_output=True, text=True, check=False)
    return ["--no-preflight"] if "--no-preflight" in told.stdout else []


def write_station(folder, text):
    (folder / "runs/run").mkdir(parents=True, exist_ok=True)
    (folder / "runs/run/run_00001.json").write_text('{"comment": "bench"}\n')
    (folder / "s.ini").write_text(f"[constants]\nrun_file = runs/run/run_00001.json\nverbose = True\n{text}")


def fill_run(tools, folder, steps):
    """A run of `steps` + 1 steps all of which but the last are done: the first really ran, the others stand in the journal."""
    write_station(folder, sections(steps + 1))
    run([tools["fatmaster"], "run", "s.ini", "--until", "t0"], folder)
    run([tools["fat_bench_fill"], "fatmaster.db", "1"], folder)
    shutil.copy(folder / "fatmaster.db", folder / "filled.db")


def first_step_of_resume(tools, folder, steps):
    shutil.copy(folder / "filled.db", folder / "fatmaster.db")
    attempt = folder / f"runs/run_00001/steps/{steps:04}_t{steps}/attempt_1"
    shutil.rmtree(attempt.parent, ignore_errors=True)
    began = time.time()
    run([tools["fatmaster"], "resume"], folder)
    return json.loads((attempt / "exit.json").read_text())["started_us"] / 1e6 - began


def status(pid):
    lines = pathlib.Path(f"/proc/{pid}/status").read_text().splitlines()
    return dict(line.split(":\t", 1) for line in lines if ":\t" in line)


def engine_peak(tools, folder, steps):
    """KiB; the last step looks at its shim's parent."""
    look = f"""[look]\nshell = yes\ncommand = cat /proc/$(awk '/^PPid/ {{ print $2 }}' /proc/$PPID/status)/status >{folder}/status\n"""
    write_station(folder, sections(steps - 1) + look)
    run([tools["fatmaster"], "run", "s.ini"], folder)
    line = next(line for line in (folder / "status").read_text().splitlines() if line.startswith("VmHWM"))
    return int(line.split()[1])


def children(pid):
    return [int(word) for word in pathlib.Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]


def wait_for(what, look):
    patience = time.monotonic() + BOUND
    while not (found := look()):
        if time.monotonic() > patience:
            raise TimeoutError(what)
        time.sleep(0.05)
    return found


@contextlib.contextmanager
def running(tools, folder, section):
    """A run of one step, until that runs. Ended by halt."""
    write_station(folder, f"[step]\n{section}\n")
    with open(folder / "terminal", "w", encoding="utf-8") as terminal:
        program = subprocess.Popen([tools["fatmaster"], "run", "s.ini"], cwd=folder, stdin=subprocess.DEVNULL, stdout=terminal, stderr=terminal)
        try:
            wait_for("the step", lambda: "[0] step: " in (folder / "terminal").read_text(encoding="utf-8"))
            yield program
        finally:
            subprocess.run([tools["fatmaster"], "halt"], cwd=folder, capture_output=True, check=False)
            program.wait(timeout=BOUND)


@contextlib.contextmanager
def virtual_modules(tools, folder, count):
    """A folder with the run JSON of so many virtual modules, while they listen."""
    folder.mkdir(parents=True)
    (folder / "station.ini").write_text("")
    with subprocess.Popen([tools["fatmaster"], "sim", "--modules", str(count), "--json"], stdout=subprocess.PIPE, text=True) as station:
        try:
            said = ""
            while not said.endswith("\n}\n"):
                said += station.stdout.readline()
            run = {}
            for number, port in enumerate(json.loads(said)["ports"]):
                serial = f"DEgg2021-3-{number:03}"
                (folder / f"{serial}.json").write_text(json.dumps({"DEggSerialNumber": serial, "Port": port, "fpgaVersion": 272}))
                run[serial] = str(folder / f"{serial}.json")
            (folder / "run_00001.json").write_text(json.dumps(run))
            yield folder
        finally:
            station.terminate()


def processes(supervisor):
    found = {"supervisor": supervisor, "engine": children(supervisor)[0]}
    shims = children(found["engine"])
    return found | dict(zip(("shim", "standby"), shims, strict=False))


def switches(pid):
    facts = status(pid)
    return int(facts["voluntary_ctxt_switches"]) + int(facts["nonvoluntary_ctxt_switches"])


def wake_ups(tools, folder, section, span):
    with running(tools, folder, section) as program:
        time.sleep(1)  # whatever belongs to the start is over
        pids = processes(program.pid)
        before = {name: switches(pid) for name, pid in pids.items()}
        time.sleep(span)
        return {name: switches(pid) - before[name] for name, pid in pids.items()}


def processor_time(pid):
    """Seconds; to the nanosecond, for ticks miss what runs in short bursts."""
    return int(pathlib.Path(f"/proc/{pid}/schedstat").read_text().split()[0]) / 1e9


def processor_time_of_all(pid):
    """The same of all its threads."""
    return sum(processor_time(f"{pid}/task/{thread.name}") for thread in pathlib.Path(f"/proc/{pid}/task").iterdir())


def chatty(tools, folder, line, seconds):
    """Share of one processor that the engine takes."""
    folder.mkdir(parents=True)
    script = folder / "chatty.py"
    script.write_text(
        "import os, time\n"
        f"lines = {line!r}.encode() + b'\\n'\n"
        "began = time.monotonic()\n"
        "said = 0\n"
        "while True:\n"
        "    due = int((time.monotonic() - began) * 10000) - said\n"
        "    os.write(3, lines * due)\n"
        "    said += due\n"
        "    time.sleep(0.01)\n"
    )
    with running(tools, folder, f"command = python3 {script}") as program:
        time.sleep(1)
        engine = processes(program.pid)["engine"]
        before, began = processor_time(engine), time.monotonic()
        time.sleep(seconds)
        return (processor_time(engine) - before) / (time.monotonic() - began)
