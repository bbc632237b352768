// /proc -> processes. See the header.
#include "runner/process_table.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <charconv>
#include <csignal>
#include <memory>

#include <dirent.h>
#include <fcntl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "fat/model/owned_fd.hpp"

namespace fat {
namespace {

constexpr std::size_t kStatLimit = 4096;

struct CloseFolder {
  void operator()(DIR* folder) const { closedir(folder); }
};

template <typename Number>
std::optional<Number> parse_digits(std::string_view text) {
  Number number{};
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc{} || end != text.data() + text.size()) {
    return std::nullopt;
  }
  return number;
}

/// Field `number` of /proc/PID/stat counted from 1, in what follows the name (so from field 3 on).
std::string_view field_after_name(std::string_view rest, int number) {
  for (int field = 3; field < number; ++field) {
    const auto space = rest.find(' ');
    if (space == std::string_view::npos) {
      return {};
    }
    rest.remove_prefix(space + 1);
  }
  return rest.substr(0, rest.find_first_of(" \n"));
}

std::string path_in_proc(pid_t id, const char* file) {
  return "/proc/" + std::to_string(id) + "/" + file;
}

/// Marks everything below `ancestor`; `table` is sorted by id.
std::vector<ProcessStat> below(const std::vector<ProcessStat>& table, pid_t ancestor) {
  std::vector<ProcessStat> found;
  std::vector<pid_t> family{ancestor};  // sorted
  for (bool grown = true; grown;) {
    grown = false;
    for (const auto& process : table) {
      if (std::ranges::binary_search(family, process.id) ||
          !std::ranges::binary_search(family, process.parent)) {
        continue;
      }
      family.insert(std::ranges::upper_bound(family, process.id), process.id);
      found.push_back(process);
      grown = true;
    }
  }
  return found;
}

}  // namespace

std::optional<ProcessStat> parse_process_stat(std::string_view text) {
  const auto open = text.find(" (");
  const auto close = text.rfind(") ");
  if (open == std::string_view::npos || close == std::string_view::npos || close < open) {
    return std::nullopt;
  }
  const auto rest = text.substr(close + 2);
  const auto id = parse_digits<pid_t>(text.substr(0, open));
  const auto state = field_after_name(rest, 3);
  const auto parent = parse_digits<pid_t>(field_after_name(rest, 4));
  const auto threads = parse_digits<long>(field_after_name(rest, 20));
  const auto start_time = parse_digits<std::uint64_t>(field_after_name(rest, 22));
  if (!id || *id <= 0 || state.size() != 1 || !parent || !threads || !start_time) {
    return std::nullopt;
  }
  return ProcessStat{*id, *parent, state.front(), *threads, *start_time};
}

std::optional<ProcessStat> process_stat(pid_t id) {
  return parse_process_stat(read_file(path_in_proc(id, "stat").c_str(), kStatLimit));
}

bool is_alive(const ProcessStat& process) {
  const bool ended = process.state == 'Z' || process.state == 'X';
  return !ended || process.threads > 1;  // the first thread may have ended before the others
}

std::vector<pid_t> all_process_ids() {
  std::vector<pid_t> ids;
  const std::unique_ptr<DIR, CloseFolder> folder{opendir("/proc")};
  if (!folder) {
    return ids;
  }
  while (const dirent* entry = readdir(folder.get())) {
    if (const auto id = parse_digits<pid_t>(&entry->d_name[0])) {
      ids.push_back(*id);
    }
  }
  std::ranges::sort(ids);
  return ids;
}

std::vector<ProcessStat> descendants_of(pid_t ancestor) {
  std::vector<ProcessStat> table;
  for (const auto id : all_process_ids()) {
    if (const auto process = process_stat(id)) {
      table.push_back(*process);
    }
  }
  return below(table, ancestor);
}

// The C library's header of these two cannot be linked from C++ (glibc 2.36 forgot extern "C").
OwnedFd open_process(pid_t id) {
  return OwnedFd{static_cast<int>(syscall(SYS_pidfd_open, id, 0))};
}

int signal_handle(int handle, int signal) {
  return syscall(SYS_pidfd_send_signal, handle, signal, nullptr, 0) == 0 ? 0 : errno;
}

int signal_process(const ProcessStat& process, int signal) {
  const auto handle = open_process(process.id);
  if (!handle) {
    return errno;
  }
  const auto now = process_stat(process.id);
  if (!now || now->start_time != process.start_time) {
    return ESRCH;
  }
  return signal_handle(handle.get(), signal);
}

std::string read_file(const char* path, std::size_t limit) {
  const OwnedFd file{open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY)};
  std::string text;
  std::array<char, 4096> block{};
  while (file && text.size() < limit) {
    const auto got = read(file.get(), block.data(), std::min(block.size(), limit - text.size()));
    if (got < 0 && errno == EINTR) {
      continue;
    }
    if (got <= 0) {
      break;
    }
    text.append(block.data(), static_cast<std::size_t>(got));
  }
  return text;
}

std::string current_boot_id() {
  auto id = read_file("/proc/sys/kernel/random/boot_id", 64);
  while (!id.empty() && (id.back() == '\n' || id.back() == ' ')) {
    id.pop_back();
  }
  return id;
}

}  // namespace fat
