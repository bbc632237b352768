// See the header.
#include "file_log.hpp"

#include <algorithm>
#include <array>
#include <filesystem>
#include <utility>

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/syscall.h>

#include "call_names.hpp"

namespace fat::tracer {
namespace {

constexpr std::size_t kLongestWrite = std::size_t{64} << 20U;

struct Naming {
  long number;
  const char* what;
};

constexpr auto kNaming = std::to_array<Naming>({
    {SYS_mkdir, "mkdir"},
    {SYS_mkdirat, "mkdir"},
    {SYS_rmdir, "rmdir"},
    {SYS_unlink, "unlink"},
    {SYS_unlinkat, "unlink"},
    {SYS_rename, "rename"},
    {SYS_renameat, "rename"},
    {SYS_renameat2, "rename"},
    {SYS_link, "link"},
    {SYS_linkat, "link"},
    {SYS_symlink, "unknown"},
    {SYS_symlinkat, "unknown"},
    {SYS_truncate, "unknown"},
});

std::string hex(std::string_view bytes) {
  constexpr std::string_view digits = "0123456789abcdef";
  std::string text;
  text.reserve(bytes.size() * 2);
  for (const char byte : bytes) {
    const auto value = static_cast<unsigned char>(byte);
    text += digits[value >> 4U];
    text += digits[value & 15U];
  }
  return text;
}

bool is_written_through_memory(const Call& call) {
  constexpr std::uint64_t write = PROT_WRITE;
  constexpr std::uint64_t shared = MAP_SHARED;
  return (call.arguments[2] & write) != 0 && (call.arguments[3] & shared) != 0;
}

}  // namespace

std::string quoted(const std::string& text) {
  std::string result{"\""};
  for (const char letter : text) {
    if (letter == '"' || letter == '\\') {
      result += '\\';
    }
    result += letter >= ' ' && letter <= '~' ? letter : '?';
  }
  return result + '"';
}

FileLog::FileLog(const std::string& file, std::string folder)
    : out_(file), folder_(std::move(folder)) {}

bool FileLog::is_ours(const std::string& path) const {
  return path == folder_ || path.starts_with(folder_ + "/");
}

void FileLog::entered(pid_t thread, const Call& call) {
  if (may_create(call)) {
    std::error_code error;
    existed_[thread] = std::filesystem::exists(paths_of(thread, call).at(0), error);
  }
}

void FileLog::left(pid_t thread, const Call& call, std::int64_t result) {
  if (result < 0) {
    return;
  }
  if (const auto* const naming = std::ranges::find(kNaming, call.number, &Naming::number);
      naming != kNaming.end()) {
    const bool folder = call.number == SYS_unlinkat && (call.arguments[2] & AT_REMOVEDIR) != 0;
    named(thread, call, folder ? "rmdir" : naming->what);
    return;
  }
  switch (call.number) {
    case SYS_open:
    case SYS_openat:
    case SYS_creat:
      opened(thread, call, result);
      break;
    case SYS_write:
    case SYS_pwrite64:
    case SYS_writev:
    case SYS_pwritev:
      wrote(thread, call, result);
      break;
    case SYS_ftruncate:
      resized(thread, call);
      break;
    case SYS_fallocate:
      allocated(thread, call);
      break;
    case SYS_fsync:
    case SYS_fdatasync:
      synced(thread, call);
      break;
    default:
      look_for_unknown(thread, call);
  }
}

/// Ways to change a file that the shadow disk does not know.
void FileLog::look_for_unknown(pid_t thread, const Call& call) {
  if (call.number == SYS_mmap && is_written_through_memory(call)) {
    unknown(thread, call, 4);
  } else if (call.number == SYS_sendfile) {
    unknown(thread, call, 0);
  } else if (call.number == SYS_copy_file_range || call.number == SYS_splice) {
    unknown(thread, call, 2);
  }
}

void FileLog::opened(pid_t thread, const Call& call, std::int64_t fd) {
  const bool made = may_create(call) && !std::exchange(existed_[thread], true);
  const auto file =
      made || truncates(call) ? open_file(thread, static_cast<int>(fd)) : std::nullopt;
  if (!file || !file->is_file || !is_ours(file->path)) {
    return;
  }
  if (made) {
    out_ << R"({"do": "create", "inode": )" << file->inode << R"(, "path": )" << quoted(file->path)
         << "}\n";
  } else {
    out_ << R"({"do": "resize", "inode": )" << file->inode << R"(, "size": 0})" << '\n';
  }
}

void FileLog::wrote(pid_t thread, const Call& call, std::int64_t length) {
  const auto file = open_file(thread, call.fd());
  if (!file || !file->is_file || !is_ours(file->path)) {
    return;
  }
  const auto size = static_cast<std::uint64_t>(length);
  const bool says_where = call.number == SYS_pwrite64 || call.number == SYS_pwritev;
  const auto at = says_where ? call.arguments[3] : position(thread, call.fd()) - size;
  const auto data = data_of(thread, call, kLongestWrite).substr(0, size);
  out_ << R"({"do": "write", "inode": )" << file->inode << R"(, "at": )" << at << R"(, "path": )"
       << quoted(file->path) << R"(, "data": ")" << hex(data) << "\"}\n";
}

void FileLog::resized(pid_t thread, const Call& call) {
  const auto file = open_file(thread, call.fd());
  if (file && file->is_file && is_ours(file->path)) {
    out_ << R"({"do": "resize", "inode": )" << file->inode << R"(, "size": )" << call.arguments[1]
         << "}\n";
  }
}

/// Room alone changes nothing; without FALLOC_FL_KEEP_SIZE the file grows by zeros.
void FileLog::allocated(pid_t thread, const Call& call) {
  const auto file = open_file(thread, call.fd());
  if (file && file->is_file && is_ours(file->path) && call.arguments[1] == 0) {
    out_ << R"({"do": "resize", "inode": )" << file->inode << R"(, "size": )" << file->size
         << "}\n";
  } else if (call.arguments[1] != FALLOC_FL_KEEP_SIZE) {
    unknown(thread, call, 0);
  }
}

void FileLog::synced(pid_t thread, const Call& call) {
  const auto file = open_file(thread, call.fd());
  if (file && is_ours(file->path)) {
    out_ << R"({"do": "sync", "inode": )" << file->inode << R"(, "folder": )"
         << (file->is_folder ? "true" : "false") << R"(, "path": )" << quoted(file->path) << "}\n";
  }
}

void FileLog::named(pid_t thread, const Call& call, const char* what) {
  const auto paths = paths_of(thread, call);
  if (!is_ours(paths.at(0))) {
    return;
  }
  out_ << R"({"do": ")" << what << R"(", "path": )" << quoted(paths.at(0));
  if (paths.size() > 1) {
    out_ << R"(, "to": )" << quoted(paths[1]);
  }
  out_ << "}\n";
}

void FileLog::unknown(pid_t thread, const Call& call, std::size_t place) {
  const auto file = open_file(thread, call.fd(place));
  if (file && file->is_file && is_ours(file->path)) {
    out_ << R"({"do": "unknown", "call": ")" << name_of_call(call.number) << R"(", "path": )"
         << quoted(file->path) << "}\n";
  }
}

}  // namespace fat::tracer
