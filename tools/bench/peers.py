# Steps of /bin/true, as many as asked for -> how long fatmaster, the floor and the tools of others take for them in a new folder.
import os
import shutil
import subprocess

import measure



def run_fatmaster(tools, folder, steps):
    measure.write_station(folder, measure.sections(steps))
    return measure.run([tools["fatmaster"], "run", "s.ini"], folder)


def run_floor(tools, folder, steps):
    return measure.run([tools["fat_bench_floor"], "durable", str(steps), tools["fat-step"], str(folder / "floor")], folder)


def run_spawn(tools, folder, steps):
    return measure.run([tools["fat_bench_floor"], "spawn", str(steps)], folder)


def run_ninja(folder, steps):
    builds = "".join(f"build t{number}: t\n" for number in range(steps))
    (folder / "build.ninja").write_text(f"rule t\n  command = /bin/true\n{builds}")
    return measure.run(["ninja", "-j1"], folder)


def run_make(folder, steps):
    names = " ".join(f"t{number}" for number in range(steps))
    (folder / "Makefile").write_text(f"all: {names}\n{names}:\n\t@/bin/true\n")
    return measure.run(["make", "-s", "-j1"], folder)


def run_doit(folder, steps):
    lines = ["def task_t():", f"    for number in range({steps}):", '        yield {"name": str(number), "actions": ["/bin/true"]}', ""]
    (folder / "dodo.py").write_text("\n".join(lines))
    return measure.run(["doit", "-v0"], folder)


def run_spooler(folder, steps):
    """Its server runs them one after another; the time includes telling it about them."""
    settings = {"TS_SOCKET": str(folder / "socket"), "TMPDIR": str(folder), "TS_MAXFINISHED": str(steps), "TS_SLOTS": "1"}
    environment = {**os.environ, **settings}
    script = f"for i in $(seq {steps}); do tsp -n /bin/true >/dev/null; done; tsp -w"
    try:
        return measure.run(["/bin/sh", "-c", script], folder, environment)
    finally:
        subprocess.run(["tsp", "-K"], env=environment, check=False)


def contestants(tools):
    """{name: callable(folder, steps), or None when it is not installed}"""
    ours = {
        "fatmaster run": lambda folder, steps: run_fatmaster(tools, folder, steps),
        "floor": lambda folder, steps: run_floor(tools, folder, steps),
    }
    others = {"ninja -j1": ("ninja", run_ninja), "doit": ("doit", run_doit), "make -j1": ("make", run_make), "task-spooler": ("tsp", run_spooler)}
    found = {name: call if shutil.which(program) else None for name, (program, call) in others.items()}
    return {**ours, **found, "posix_spawn": lambda folder, steps: run_spawn(tools, folder, steps)}
