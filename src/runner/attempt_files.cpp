// Attempt folder <-> records, answers, lock. See the header.
#include "runner/attempt_files.hpp"

#include <cerrno>
#include <stdexcept>
#include <system_error>

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include "fat/model/owned_fd.hpp"
#include "runner/process_table.hpp"

namespace fat {
namespace {

constexpr std::size_t kRecordLimit = 65536;

[[noreturn]] void fail(const std::string& what) {
  throw std::system_error{errno, std::generic_category(), what};
}

bool ends_inside_a_line(int file) {
  const auto size = lseek(file, 0, SEEK_END);
  char last = '\n';
  return size > 0 && pread(file, &last, 1, size - 1) == 1 && last != '\n';
}

}  // namespace

std::optional<ExitRecord> read_exit(const std::filesystem::path& folder, std::string_view token) {
  auto record = parse_exit_record(read_file((folder / "exit.json").c_str(), kRecordLimit));
  return record && record->token == token ? record : std::nullopt;
}

std::optional<StartRecord> read_start(const std::filesystem::path& folder, std::string_view token) {
  auto record = parse_start_record(read_file((folder / "start.json").c_str(), kRecordLimit));
  return record && record->token == token ? record : std::nullopt;
}

bool is_report_complete(const std::filesystem::path& folder, const ExitRecord& record) {
  std::error_code error;
  const auto size = std::filesystem::file_size(folder / "report.jsonl", error);
  return error ? record.report_bytes == 0 : size >= record.report_bytes;
}

void append_answer(const std::filesystem::path& folder, std::string_view line) {
  if (line.find('\n') != std::string_view::npos) {
    throw std::invalid_argument{"an answer must be one line"};
  }
  const auto path = folder / "answers.jsonl";
  const OwnedFd file{
      open(path.c_str(), O_RDWR | O_CREAT | O_APPEND | O_CLOEXEC | O_NOFOLLOW, 0666)};
  if (!file) {
    fail("cannot open " + path.string());
  }
  std::string text = ends_inside_a_line(file.get()) ? "\n" : "";
  text.append(line).push_back('\n');
  for (std::string_view left = text; !left.empty();) {
    const auto wrote = write(file.get(), left.data(), left.size());
    if (wrote < 0 && errno != EINTR) {
      fail("cannot write " + path.string());
    }
    left.remove_prefix(wrote > 0 ? static_cast<std::size_t>(wrote) : 0);
  }
}

LockState probe_lock(const std::filesystem::path& folder) {
  const auto path = folder / "lock";
  const OwnedFd file{open(path.c_str(), O_RDONLY | O_CLOEXEC)};
  if (!file) {
    if (errno == ENOENT || errno == ENOTDIR) {
      return LockState::Missing;
    }
    fail("cannot open " + path.string());
  }
  // Shared: two who look at the same time do not see each other.
  if (flock(file.get(), LOCK_SH | LOCK_NB) == 0) {
    return LockState::Free;
  }
  if (errno != EWOULDBLOCK) {
    fail("cannot try the lock " + path.string());
  }
  return LockState::Held;
}

}  // namespace fat
