# A program -> the stations it leaves, kept in a folder here. See README.md: done once for each released format.
import pathlib
import shutil
import stat
import sys

import stored_station
from stored_station import HERE, StoredStation


def keep(place, form, name):
    """What a program finds there after a power cut: no sockets, no fifos, no shared memory of SQLite."""

    def passing(folder, names):
        kinds = {one: (pathlib.Path(folder) / one).lstat().st_mode for one in names}
        return [one for one, mode in kinds.items() if not (stat.S_ISREG(mode) or stat.S_ISDIR(mode)) or one.endswith("-shm")]

    shutil.copytree(place.folder, HERE / form / name, ignore=passing)


def complete(place):
    place.run()
    assert place.wait_for_end() == 0, place.terminal()


def interrupt(place):
    place.run()
    place.wait_for_line("start two 1")
    place.cut_power()


def pause(place):
    place.run()
    place.wait_for_event("prompt_opened")
    place.cut_power()


def main(form):
    if (HERE / form).exists():
        sys.exit(f"{HERE / form} exists: it is never made anew")
    with stored_station.alone():
        for name, play in (("completed", complete), ("interrupted", interrupt), ("paused", pause)):
            place = StoredStation(form, name).make(name)
            try:
                play(place)
                keep(place, form, name)
            finally:
                place.close()


if __name__ == "__main__":
    main(sys.argv[1])
