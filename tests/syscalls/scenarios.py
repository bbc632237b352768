# The short schedules in which every kind of transition happens once, and the texts whose writing opens and closes each one's window.
import dataclasses

import traced_station

ALWAYS = ("engine", "engine-child", "shim", "shim-child", "supervisor", "supervisor-child")


@dataclasses.dataclass(frozen=True)
class Window:
    """From the call that carries `first` to the one that carries `last` ("" = to the end)."""

    kind: str
    first: str
    last: str
    roles: tuple = ALWAYS


@dataclasses.dataclass(frozen=True)
class Scenario:
    name: str
    sections: str
    main: tuple  # titles in order
    windows: tuple
    rerun: tuple = ()  # titles that may be repeated without a question
    safe: tuple = ()
    retried: tuple = ()  # titles whose first attempt fails
    files: dict = dataclasses.field(default_factory=dict)
    folders: tuple = ()
    station_ini: str = ""

    @property
    def marks(self):
        texts = [text for window in self.windows for text in (window.first, window.last) if text]
        return list(dict.fromkeys(texts))


def step(body=":", code="0"):
    return traced_station.STEP.format(body=body, code=code)


STEPS = Scenario(
    name="two steps",
    sections="[one]\ncommand = sh step.sh\n[two]\ncommand = sh step.sh\nrecovery = rerun\n",
    main=("one", "two"),
    rerun=("two",),
    files={"step.sh": step()},
    windows=(
        Window("supervisor", "", "", ("supervisor", "supervisor-child")),
        Window("before the lock", "", "fatmaster.lock", ("engine",)),
        Window("opening (migration 0 -> 1)", "fatmaster.lock", "attempt_started", ("engine",)),
        Window("start", "attempt_started", "start one 1"),
        Window("end", "end one 1 0", "start two 1"),
        Window("run JSON", "run_00001.json.lock", "start one 1", ("engine",)),
        Window("end of the run", "end two 1 0", ""),
        Window("standing by", "attempt_started", "", ("standby",)),
    ),
)
RETRY = Scenario(
    name="a step that fails once",
    sections="[one]\ncommand = sh step.sh\nattempts = 2\n",
    main=("one",),
    retried=("one",),
    files={"step.sh": step(code="$((FATMASTER_ATTEMPT == 1))")},
    windows=(Window("retry", "end one 1 1", "start one 2"),),
)
QUESTION = Scenario(
    name="a question",
    sections="[ask]\ntask = manual_input\n[one]\ncommand = sh step.sh\n",
    main=("one",),
    files={"step.sh": step()},
    windows=(
        Window("prompt", "prompt_opened", "answer with", ("engine", "supervisor")),
        Window("answer", "answer with", "start one 1"),
    ),
)
REPORT = Scenario(
    name="a step that reports and asks",
    sections="[one]\ncommand = sh step.sh\n[two]\ncommand = sh note.sh\n",
    main=("one", "two"),
    files={
        "step.sh": step(
            """echo '{"measurement": {"module": "M1", "name": "rate", "value": 1, "max": 2}}' >&3
echo '{"prompt": {"text": "Is it dark?", "kind": "ok"}}' >&3
read -r answer <&4 || exit 9
echo "answered $answer" >> answers"""
        ),
        "note.sh": step(),
    },
    windows=(
        Window("report", '"measurement"', "answer with", ("engine", "shim", "supervisor")),
        Window("answer to a step", "answer with", "end one 1 0", ("engine", "shim", "supervisor")),
    ),
)
PAUSE = Scenario(
    name="a pause",
    sections="[one]\ncommand = sh step.sh\n[two]\ncommand = sh note.sh\n",
    main=("one", "two"),
    files={"step.sh": step('[ "$FATMASTER_ATTEMPT" != 1 ] || "$FATMASTER" pause --reason test >/dev/null 2>&1'), "note.sh": step()},
    windows=(
        Window("pause", "start one 1", "PAUSED: asked for", ("engine", "supervisor")),
        Window("continue", "PAUSED: asked for", "start two 1"),
    ),
)
SAFE_STATE = Scenario(
    name="a safe state",
    sections="[one]\ncommand = sh step.sh\n[safe_state]\nsteps = laser off, hv off\n"
    "[laser off]\ncommand = sh step.sh\nrecovery = rerun\nattempts = 3\n[hv off]\ncommand = sh step.sh\nrecovery = rerun\nattempts = 3\n",
    main=("one",),
    safe=("laser off", "hv off"),
    files={"step.sh": step()},
    windows=(Window("safe state", "end one 1 0", ""),),
)
BACKUP = Scenario(
    name="a backup",
    sections="[one]\ncommand = sh step.sh\nrun_backup = yes\n[two]\ncommand = sh step.sh\nrun_backup = no\n",
    main=("one", "two"),
    files={"step.sh": step()},
    folders=("target",),
    station_ini="[backup local]\ntarget = target\n",
    windows=(
        Window("backup", "end one 1 0", "backup: done"),
        Window("backup's own process", "/target", "", ("backup",)),
    ),
)
ALL = (STEPS, RETRY, QUESTION, REPORT, PAUSE, SAFE_STATE, BACKUP)
