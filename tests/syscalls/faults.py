# A system call -> the errors it may really end with, of those that are tried: EIO, ENOSPC, EINTR, EMFILE, ENOMEM, and a short write.
import errno

SHORT = -1  # half of the bytes
_IO, _FULL, _INTERRUPTED, _FILES, _MEMORY = errno.EIO, errno.ENOSPC, errno.EINTR, errno.EMFILE, errno.ENOMEM

BY_CALL = {
    **dict.fromkeys(("open", "openat"), (_IO, _FILES, _MEMORY, _INTERRUPTED)),
    **dict.fromkeys(("open+create", "openat+create"), (_IO, _FULL, _FILES, _MEMORY, _INTERRUPTED)),
    **dict.fromkeys(("read", "pread64", "readv"), (_IO, _INTERRUPTED)),
    **dict.fromkeys(("write", "pwrite64"), (_IO, _FULL, _INTERRUPTED, SHORT)),
    **dict.fromkeys(("writev", "pwritev"), (_IO, _FULL, _INTERRUPTED)),
    **dict.fromkeys(("fsync", "fdatasync"), (_IO, _FULL, _INTERRUPTED)),
    **dict.fromkeys(("ftruncate", "fallocate"), (_IO, _FULL, _INTERRUPTED)),
    **dict.fromkeys(("rename", "renameat", "renameat2", "link", "linkat", "mkdir", "mkdirat"), (_IO, _FULL, _MEMORY)),
    **dict.fromkeys(("unlink", "unlinkat", "rmdir", "stat", "lstat", "newfstatat", "statx", "access", "readlink"), (_IO, _MEMORY)),
    **dict.fromkeys(("statfs", "fstatfs"), (_IO, _INTERRUPTED, _MEMORY)),
    **dict.fromkeys(("chmod", "fchmod", "fchown", "getdents64"), (_IO,)),
    **dict.fromkeys(("pipe2", "socket", "socketpair", "epoll_create1", "eventfd2", "signalfd4", "timerfd_create", "inotify_init1", "pidfd_open"), (_FILES, _MEMORY)),
    **dict.fromkeys(("accept", "accept4"), (_FILES, _MEMORY, _INTERRUPTED)),
    **dict.fromkeys(("epoll_ctl", "inotify_add_watch"), (_FULL, _MEMORY)),
    **dict.fromkeys(("sendto", "sendmsg", "recvfrom", "recvmsg", "connect"), (_INTERRUPTED, _MEMORY)),
    **dict.fromkeys(("poll", "ppoll", "epoll_wait", "epoll_pwait", "wait4", "waitid", "getrandom"), (_INTERRUPTED,)),
    **dict.fromkeys(("clone", "clone3", "fork", "vfork", "execve", "mmap", "mprotect", "bind"), (_MEMORY,)),
    "dup2": (_MEMORY,),
    "dup3": (_MEMORY,),
    "fcntl+copy": (_FILES,),  # a lock asked for without waiting, or given back, does not fail in these ways
    "flock": (_INTERRUPTED, _MEMORY),
    "close": (_IO, _INTERRUPTED),
    "chdir": (_IO, _MEMORY),
}
OF_FILES_ONLY = {_IO, _FULL}  # a pipe, a socket or a signal descriptor never reads or writes so
_DATA = ("read", "readv", "write", "writev")


def of(call, about):
    """The faults of a call on the file `about`."""
    possible = BY_CALL.get(call, ())
    if call in _DATA and not about.startswith("/"):
        return tuple(error for error in possible if error not in OF_FILES_ONLY)
    return possible


NAMES = {number: errno.errorcode[number] for number in (_IO, _FULL, _INTERRUPTED, _FILES, _MEMORY)} | {SHORT: "short"}

# They change nothing but the process itself: killed at one of them or at the next call that others can see, the world is the same. Of an
# unbroken row of them one is tried.
SILENT = frozenset(
    """rt_sigaction rt_sigprocmask rt_sigreturn getpid gettid getppid getuid geteuid getgid getegid futex brk mmap munmap mprotect madvise
    getrandom prlimit64 arch_prctl set_tid_address set_robust_list rseq clock_gettime gettimeofday getcwd uname sysinfo sched_getaffinity
    newfstatat stat lstat statx access readlink lseek pread64 getrusage getsockname timerfd_settime sigaltstack""".split()
)
