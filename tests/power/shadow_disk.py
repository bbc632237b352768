# What processes did to files, as fat_call_tracer wrote it down -> the tree that a power cut leaves at any moment of it.
#
# A file's bytes are safe up to its own last fsync or fdatasync; a name is safe when its folder was synced after it was made. Modes:
#   synced    only that
#   ordered   every name made before the newest sync of anything is safe too, as ext4 and xfs keep it; bytes as in `synced`
#   torn      besides what is safe any part of the rest: names up to some moment, of the bytes some sectors, some as zeros
#   all       everything: the processes died, the disk did not
# SQLite's -shm is memory: it never survives. Files in WORLD are no files of the station but what happened outside: they always survive.
import copy
import os
import pathlib

SECTOR = 512
WORLD = frozenset(("trace", "terminal.log", "answers", "bench"))
MODES = ("synced", "ordered", "torn", "all")


class File:
    def __init__(self, content=b"", mode=0o644):
        self.safe = bytes(content)
        self.now = bytearray(content)
        self.pending = []  # (at, bytes), or (size, None) for a new length
        self.mode = mode

    def write(self, at, data):
        _put(self.now, at, data)
        self.pending.append((at, data))

    def resize(self, size):
        _resize(self.now, size)
        self.pending.append((size, None))

    def sync(self):
        self.safe, self.pending = bytes(self.now), []

    def survives(self, mode, rng):
        if mode == "all":
            return bytes(self.now)
        if mode != "torn" or not self.pending:
            return self.safe
        content = bytearray(self.safe)
        last = rng.randint(0, len(self.pending))
        in_order = rng.random() < 0.5
        for number, (at, data) in enumerate(self.pending):
            if data is None:
                if number < last:
                    _resize(content, at)
            elif (number < last) if in_order else rng.random() < 0.5:
                _tear(content, at, data, rng)
        return bytes(content)


class Folder:
    def __init__(self):
        self.safe = {}
        self.now = {}
        self.history = []  # what `now` was after each change since the last sync

    def changed(self):
        self.history.append(dict(self.now))

    def sync(self):
        self.safe, self.history = dict(self.now), []

    def survives(self, mode, rng):
        if mode == "all":
            return self.now
        if mode == "torn" and self.history:
            return rng.choice([self.safe, *self.history])
        return self.safe


class Disk:
    """`root` as it is now; `play` changes it."""

    def __init__(self, root):
        self.root = pathlib.Path(root)
        self.inodes = {}
        self.top = self._read(self.root)

    def _read(self, path):
        folder = Folder()
        for entry in os.scandir(path):
            if entry.is_dir(follow_symlinks=False):
                folder.now[entry.name] = self._read(entry.path)
            else:
                folder.now[entry.name] = File(pathlib.Path(entry.path).read_bytes(), entry.stat().st_mode & 0o777)
                self.inodes[entry.inode()] = folder.now[entry.name]
        folder.sync()
        return folder

    def _folder(self, path):
        folder = self.top
        for name in pathlib.Path(path).relative_to(self.root).parts:
            folder = folder.now[name]
        return folder

    def _place(self, path):
        return self._folder(os.path.dirname(path)), os.path.basename(path)

    def play(self, line):
        getattr(self, "_" + line["do"])(line)

    def _create(self, line):
        folder, name = self._place(line["path"])
        folder.now[name] = self.inodes[line["inode"]] = File()
        folder.changed()

    def _write(self, line):
        if not line["path"].endswith(" (deleted)"):
            self.inodes[line["inode"]].write(line["at"], bytes.fromhex(line["data"]))

    def _resize(self, line):
        self.inodes[line["inode"]].resize(line["size"])

    def _sync(self, line):
        if line["folder"]:
            self._folder(line["path"]).sync()
        else:
            self.inodes[line["inode"]].sync()

    def _mkdir(self, line):
        folder, name = self._place(line["path"])
        folder.now[name] = Folder()
        folder.changed()

    def _unlink(self, line):
        folder, name = self._place(line["path"])
        if not name.endswith(".sock"):  # made by bind, and nothing after a reboot
            del folder.now[name]
            folder.changed()

    _rmdir = _unlink

    def _rename(self, line):
        folder, name = self._place(line["path"])
        other, new = self._place(line["to"])
        other.now[new] = folder.now.pop(name)
        folder.changed()
        if other is not folder:
            other.changed()

    def _link(self, line):
        folder, name = self._place(line["path"])
        other, new = self._place(line["to"])
        other.now[new] = folder.now[name]
        other.changed()

    def _unknown(self, line):
        if not line["path"].endswith("-shm"):
            raise AssertionError(f"the shadow disk does not know {line}")

    def commit_names(self):
        """What a journalling file system does with every sync."""

        def walk(folder):
            folder.sync()
            for child in folder.now.values():
                if isinstance(child, Folder):
                    walk(child)

        walk(self.top)

    def write_survivors(self, where, mode, rng):
        self._write_folder(self.top, pathlib.Path(where), mode, rng, is_top=True)

    def _write_folder(self, folder, where, mode, rng, is_top=False):
        where.mkdir(exist_ok=True)
        entries = dict(folder.survives(mode, rng))
        if is_top:
            entries.update({name: node for name, node in folder.now.items() if name in WORLD})
        for name, node in entries.items():
            if isinstance(node, Folder):
                self._write_folder(node, where / name, mode, rng)
            elif not name.endswith("-shm"):
                # What we wrote into it ourselves is not in the recording: a hole, left out.
                content = bytes(node.now).replace(b"\0", b"") if is_top and name in WORLD else node.survives(mode, rng)
                (where / name).write_bytes(content)
                (where / name).chmod(node.mode)


def moments(disk, lines, ordered):
    """(number of lines played, whether the last one was a sync, the disk then), for every moment; the disk is to be looked at only."""
    disk = copy.deepcopy(disk)
    yield 0, True, disk
    for number, line in enumerate(lines, 1):
        disk.play(line)
        if ordered and line["do"] == "sync":
            disk.commit_names()
        yield number, line["do"] == "sync", disk


def _resize(content, size):
    del content[size:]
    content.extend(bytes(size - len(content)))


def _put(content, at, data):
    if len(content) < at:
        content.extend(bytes(at - len(content)))
    content[at : at + len(data)] = data


def _tear(content, at, data, rng):
    """Whole sectors, some missing, some allocated but never written."""
    fate = rng.choice(("whole", "whole", "sectors", "zeros"))
    if fate == "whole":
        _put(content, at, data)
    elif fate == "zeros":
        _put(content, at, bytes(len(data)))
    else:
        begin = at
        while begin < at + len(data):
            end = min((begin // SECTOR + 1) * SECTOR, at + len(data))
            if rng.random() < 0.5:
                _put(content, begin, data[begin - at : end - at])
            begin = end
