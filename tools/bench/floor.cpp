// A number of steps -> the system calls and commits a durable step cannot do without, and nothing
// around them: no plan, no engine, no report, no event loop. What `tools/bench/run` measures
// fatmaster against.
//   fat_bench_floor durable STEPS SHIM FOLDER     folder of each attempt, lock, shim, exit record,
//   one commit; FOLDER is new fat_bench_floor spawn STEPS                   posix_spawn and wait,
//   nothing durable
#include <array>
#include <cerrno>
#include <charconv>
#include <cstdlib>
#include <cstring>
#include <ctime>
#include <iostream>
#include <span>
#include <string>
#include <string_view>
#include <system_error>
#include <vector>

#include <fcntl.h>
#include <poll.h>
#include <spawn.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "fat/model/owned_fd.hpp"
#include "store/database.hpp"
#include "store/journal_schema.hpp"

namespace {

using fat::OwnedFd;

constexpr int kWrongUsage = 2;
constexpr int kLock = 3;
constexpr int kListener = 4;
constexpr int kFarAway = 10;

[[noreturn]] void fail(const std::string& what) {
  throw std::system_error{errno, std::generic_category(), what};
}

OwnedFd made(int descriptor, const std::string& what) {
  if (descriptor < 0) {
    fail(what);
  }
  return OwnedFd{descriptor};
}

void require(bool success, const std::string& what) {
  if (!success) {
    fail(what);
  }
}

std::int64_t microseconds(clockid_t clock) {
  timespec now{};
  clock_gettime(clock, &now);
  return (now.tv_sec * 1'000'000) + (now.tv_nsec / 1000);
}

/// posix_spawn's arguments, freed with their owner.
class SpawnOrder {
 public:
  SpawnOrder() {
    posix_spawn_file_actions_init(&actions_);
    posix_spawnattr_init(&attributes_);
  }

  SpawnOrder(const SpawnOrder&) = delete;
  SpawnOrder& operator=(const SpawnOrder&) = delete;

  ~SpawnOrder() {
    posix_spawn_file_actions_destroy(&actions_);
    posix_spawnattr_destroy(&attributes_);
  }

  void hand_over(int descriptor, int number) {
    posix_spawn_file_actions_adddup2(&actions_, descriptor, number);
  }

  void block_signals() {
    sigset_t all;
    sigfillset(&all);
    posix_spawnattr_setsigmask(&attributes_, &all);
    posix_spawnattr_setflags(&attributes_, POSIX_SPAWN_SETSIGMASK);
  }

  pid_t spawn(std::vector<std::string>& words) const {
    std::vector<char*> pointers;
    pointers.reserve(words.size() + 1);
    for (auto& word : words) {
      pointers.push_back(word.data());
    }
    pointers.push_back(nullptr);
    pid_t id = -1;
    errno =
        posix_spawn(&id, words.front().c_str(), &actions_, &attributes_, pointers.data(), environ);
    require(errno == 0, "cannot start " + words.front());
    return id;
  }

 private:
  posix_spawn_file_actions_t actions_{};
  posix_spawnattr_t attributes_{};
};

/// Rows of the sizes that fatmaster writes for `command = /bin/true`, into the same tables.
class Journal {
 public:
  explicit Journal(const std::string& folder)
      : database_(fat::store::open_for_writing(folder + "/fatmaster.db", {}, migrated_)),
        event_(database_.handle(),
               "INSERT INTO events (id, run, seq, wall_us, boot_us, boot_id, who, kind, body, "
               "plan_hash, hash) "
               "VALUES (?1, 1, ?1, ?2, ?3, 'e57cb6d5-b5e8-4f2c-a367-1feef56e389a', 'fatmaster', "
               "?4, ?5, NULL, ?6)"),
        duration_(
            database_.handle(),
            "INSERT INTO durations (event, fingerprint, task, ran_us) VALUES (?1, ?2, '', 820)") {}

  /// The end of one step and the start of the next, durable when it returns.
  void commit(const std::string& number) {
    fat::store::Transaction transaction(database_);
    const auto ended =
        R"({"key":{"list":"main","title":"t)" + number +
        R"(","attempt":1},"outcome":"done","cause":"exited","status":0,"ran_us":820,"processor_us":670,"max_rss_kib":1040})";
    append("attempt_ended", ended);
    duration_.bind(1, id_).bind(2, std::string_view{fingerprint_}).run();
    const auto started = R"({"key":{"list":"main","title":"t)" + number +
                         R"(","attempt":1},"index":)" + number +
                         R"(,"plan_version":1,"token":"run1-main)" + number +
                         R"(-1-e57cb6d5-1795240087012721","kind":"command"})";
    append("attempt_started", started);
    transaction.commit();
  }

 private:
  void append(std::string_view kind, const std::string& body) {
    event_.bind(1, ++id_)
        .bind(2, microseconds(CLOCK_REALTIME))
        .bind(3, microseconds(CLOCK_BOOTTIME))
        .bind(4, kind)
        .bind(5, std::string_view{body})
        .bind_blob(6, hash_)
        .run();
  }

  std::optional<fat::JournalMigration> migrated_;
  fat::store::Database database_;
  fat::store::Statement event_, duration_;
  std::int64_t id_ = 0;
  std::string fingerprint_ = std::string(64, 'f');
  std::array<std::byte, 32> hash_{};
};

/// One attempt: its folder, its shim, its exit record read.
class Attempt {
 public:
  Attempt(const std::string& folder, const std::string& shim, const std::string& number) {
    const auto step = folder + "/steps/" +
                      std::string(4 - std::min<std::size_t>(4, number.size()), '0') + number +
                      "_t" + number;
    path_ = step + "/attempt_1";
    require(mkdir(step.c_str(), 0777) == 0 && mkdir(path_.c_str(), 0777) == 0,
            "cannot make " + path_);
    made(create("report.jsonl"), "report");
    auto lock = made(create("lock"), "lock");
    require(flock(lock.get(), LOCK_EX | LOCK_NB) == 0, "lock");
    lock = made(fcntl(lock.get(), F_DUPFD_CLOEXEC, kFarAway), "lock");
    std::array<int, 2> ends{};
    require(pipe2(ends.data(), O_CLOEXEC) == 0, "pipe");
    listener_ = OwnedFd{ends[0]};
    const OwnedFd near_end{ends[1]};
    const auto far_end = made(fcntl(near_end.get(), F_DUPFD_CLOEXEC, kFarAway), "pipe");
    SpawnOrder order;
    order.hand_over(lock.get(), kLock);
    order.hand_over(far_end.get(), kListener);
    order.block_signals();
    std::vector<std::string> words{shim,
                                   "--dir",
                                   path_,
                                   "--token",
                                   "run1-main" + number + "-1-e57cb6d5-1795240087012721",
                                   "--grace",
                                   "10.000000",
                                   "--output-limit",
                                   "33554432",
                                   "--report-limit",
                                   "268435456",
                                   "--",
                                   "/bin/true"};
    process_ = order.spawn(words);
    handle_ = made(static_cast<int>(syscall(SYS_pidfd_open, process_, 0)), "handle");
  }

  /// True when the exit record says 0.
  bool wait() const {
    pollfd entry{handle_.get(), POLLIN, 0};
    require(poll(&entry, 1, -1) == 1, "poll");
    siginfo_t info{};
    require(waitid(P_PIDFD, static_cast<id_t>(handle_.get()), &info, WEXITED) == 0, "wait");
    const auto record =
        made(open((path_ + "/exit.json").c_str(), O_RDONLY | O_CLOEXEC), "exit record");
    std::array<char, 4096> text{};
    const auto got = read(record.get(), text.data(), text.size());
    return got > 0 && std::string_view{text.data(), static_cast<std::size_t>(got)}.find(
                          "\"status\":0") != std::string_view::npos;
  }

 private:
  int create(const char* name) const {
    return open((path_ + "/" + name).c_str(), O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
  }

  std::string path_;
  OwnedFd listener_, handle_;
  pid_t process_ = -1;
};

void run_durable(int steps, const std::string& shim, const std::string& folder) {
  require(mkdir(folder.c_str(), 0777) == 0 && mkdir((folder + "/steps").c_str(), 0777) == 0,
          "cannot make " + folder);
  Journal journal{folder};
  const auto log =
      made(open((folder + "/log").c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0666), "log");
  for (int step = 0; step < steps; ++step) {
    const auto number = std::to_string(step);
    journal.commit(number);
    const Attempt attempt{folder, shim, number};
    auto line = "2026-11-21 05:46:05 +0000  [" + number;
    line.append("] t").append(number).append(": started\n");
    require(write(log.get(), line.data(), line.size()) > 0 &&
                write(STDOUT_FILENO, line.data(), line.size()) > 0,
            "log");
    require(attempt.wait(), "step " + number + " failed");
  }
}

void run_spawn(int steps) {
  for (int step = 0; step < steps; ++step) {
    std::vector<std::string> words{"/bin/true"};
    const auto process = SpawnOrder{}.spawn(words);
    int status = -1;
    require(waitpid(process, &status, 0) == process && status == 0, "step failed");
  }
}

int run(std::span<char*> words) {
  const std::string_view kind = words.size() > 2 ? words[1] : "";
  int steps = 0;
  const std::string_view number = words.size() > 2 ? words[2] : "";
  std::from_chars(number.data(), number.data() + number.size(), steps);
  if (steps > 0 && kind == "durable" && words.size() == 5) {
    run_durable(steps, words[3], words[4]);
  } else if (steps > 0 && kind == "spawn" && words.size() == 3) {
    run_spawn(steps);
  } else {
    std::cerr << "usage: fat_bench_floor durable STEPS SHIM FOLDER | spawn STEPS\n";
    return kWrongUsage;
  }
  return EXIT_SUCCESS;
}

}  // namespace

int main(int count, char** words) {
  try {
    return run({words, static_cast<std::size_t>(count)});
  } catch (const std::exception& error) {
    std::cerr << "fat_bench_floor: " << error.what() << "\n";
    return EXIT_FAILURE;
  }
}
