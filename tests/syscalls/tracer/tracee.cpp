// ptrace, process_vm_readv and /proc -> facts about a stopped process. See the header.
#include "tracee.hpp"

#include <algorithm>
#include <bit>
#include <cstddef>
#include <filesystem>
#include <fstream>
#include <iterator>

#include <fcntl.h>
#include <sys/ptrace.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <sys/user.h>

namespace fat::tracer {
namespace {

constexpr std::size_t kPage = 4096;
constexpr std::size_t kLongestText = 8192;

std::optional<__ptrace_syscall_info> info_of(pid_t thread) {
  __ptrace_syscall_info info{};
  if (ptrace(PTRACE_GET_SYSCALL_INFO, thread, sizeof info, &info) <= 0) {
    return std::nullopt;
  }
  return info;
}

template <typename Change>
void change_registers(pid_t thread, const Change& change) {
  user_regs_struct registers{};
  if (ptrace(PTRACE_GETREGS, thread, nullptr, &registers) == 0) {
    change(registers);
    ptrace(PTRACE_SETREGS, thread, nullptr, &registers);
  }
}

std::string fd_path(pid_t process, int fd) {
  return "/proc/" + std::to_string(process) + "/fd/" + std::to_string(fd);
}

std::string link_target(const std::string& link) {
  std::error_code error;
  return std::filesystem::read_symlink(link, error).string();
}

std::string whole_file(const std::string& path) {
  std::ifstream file{path, std::ios::binary};
  return {std::istreambuf_iterator<char>{file}, {}};
}

std::string gather(pid_t process, std::uint64_t list, std::uint64_t count, std::size_t limit) {
  const auto bytes = read_memory(process, list, count * sizeof(iovec));
  std::string data;
  for (std::size_t at = 0; at + sizeof(iovec) <= bytes.size(); at += sizeof(iovec)) {
    std::array<char, sizeof(iovec)> raw{};
    std::copy_n(bytes.begin() + static_cast<std::ptrdiff_t>(at), raw.size(), raw.begin());
    const auto piece = std::bit_cast<iovec>(raw);
    data += read_memory(process,
                        std::bit_cast<std::uint64_t>(piece.iov_base),
                        std::min(piece.iov_len, limit - std::min(limit, data.size())));
  }
  return data;
}

std::string message(pid_t process, std::uint64_t address, std::size_t limit) {
  const auto bytes = read_memory(process, address, sizeof(msghdr));
  if (bytes.size() != sizeof(msghdr)) {
    return {};
  }
  std::array<char, sizeof(msghdr)> raw{};
  std::ranges::copy(bytes, raw.begin());
  const auto header = std::bit_cast<msghdr>(raw);
  return gather(process, std::bit_cast<std::uint64_t>(header.msg_iov), header.msg_iovlen, limit);
}

}  // namespace

std::optional<Call> call_at_entry(pid_t thread) {
  const auto info = info_of(thread);
  if (!info || info->op != PTRACE_SYSCALL_INFO_ENTRY) {
    return std::nullopt;
  }
  Call call{.number = static_cast<long>(info->entry.nr), .arguments = {}};
  std::copy_n(std::begin(info->entry.args), call.arguments.size(), call.arguments.begin());
  return call;
}

std::optional<std::int64_t> result_at_exit(pid_t thread) {
  const auto info = info_of(thread);
  if (!info || info->op != PTRACE_SYSCALL_INFO_EXIT) {
    return std::nullopt;
  }
  return info->exit.rval;
}

void skip_call(pid_t thread) {
  change_registers(thread, [](user_regs_struct& registers) { registers.orig_rax = ~0ULL; });
}

void set_result(pid_t thread, std::int64_t result) {
  change_registers(thread, [result](user_regs_struct& registers) {
    registers.rax = static_cast<std::uint64_t>(result);
  });
}

void set_length(pid_t thread, std::uint64_t length) {
  change_registers(thread, [length](user_regs_struct& registers) { registers.rdx = length; });
}

std::string read_memory(pid_t process, std::uint64_t address, std::size_t length) {
  std::string bytes(length, '\0');
  std::size_t done = 0;
  while (done < length) {  // page by page: a range that ends outside is read as far as it goes
    const auto here = address + done;
    const auto size = std::min(length - done, kPage - (here % kPage));
    const iovec local{bytes.data() + done, size};
    const iovec remote{std::bit_cast<void*>(here), size};
    const auto got = process_vm_readv(process, &local, 1, &remote, 1, 0);
    if (got <= 0) {
      break;
    }
    done += static_cast<std::size_t>(got);
  }
  bytes.resize(done);
  return bytes;
}

void write_memory(pid_t process, std::uint64_t address, std::string_view bytes) {
  std::string copy{bytes};
  const iovec local{copy.data(), copy.size()};
  const iovec remote{std::bit_cast<void*>(address), copy.size()};
  process_vm_writev(process, &local, 1, &remote, 1, 0);
}

std::string read_text(pid_t process, std::uint64_t address) {
  std::string text;
  while (address != 0 && text.size() < kLongestText) {
    const auto here = address + text.size();
    const auto piece = read_memory(process, here, kPage - (here % kPage));
    const auto end = piece.find('\0');
    text += piece.substr(0, end);
    if (piece.empty() || end != std::string::npos) {
      break;
    }
  }
  return text;
}

std::string data_of(pid_t process, const Call& call, std::size_t limit) {
  switch (call.number) {
    case SYS_write:
    case SYS_pwrite64:
    case SYS_sendto:
      return read_memory(
          process, call.arguments[1], std::min<std::size_t>(call.arguments[2], limit));
    case SYS_writev:
    case SYS_pwritev:
      return gather(process, call.arguments[1], call.arguments[2], limit);
    case SYS_sendmsg:
      return message(process, call.arguments[1], limit);
    default:
      return {};
  }
}

std::optional<OpenFile> open_file(pid_t process, int fd) {
  const auto path = fd_path(process, fd);

  struct stat status {};

  if (stat(path.c_str(), &status) != 0) {
    return std::nullopt;
  }
  return OpenFile{.inode = status.st_ino,
                  .size = static_cast<std::uint64_t>(status.st_size),
                  .path = link_target(path),
                  .is_file = S_ISREG(status.st_mode),
                  .is_folder = S_ISDIR(status.st_mode)};
}

std::uint64_t position(pid_t process, int fd) {
  std::ifstream info{"/proc/" + std::to_string(process) + "/fdinfo/" + std::to_string(fd)};
  std::string word;
  std::uint64_t at = 0;
  info >> word >> at;  // "pos:	123" is the first line
  return at;
}

std::string absolute_path(pid_t process, int fd, const std::string& path) {
  if (path.starts_with('/')) {
    return std::filesystem::path{path}.lexically_normal().string();
  }
  const auto folder = fd == AT_FDCWD ? link_target("/proc/" + std::to_string(process) + "/cwd")
                                     : link_target(fd_path(process, fd));
  return (std::filesystem::path{folder} / path).lexically_normal().string();
}

std::vector<std::string> command_line(pid_t process) {
  const auto text = whole_file("/proc/" + std::to_string(process) + "/cmdline");
  std::vector<std::string> words;
  for (std::size_t at = 0; at < text.size();) {
    const auto end = std::min(text.find('\0', at), text.size());
    words.push_back(text.substr(at, end - at));
    at = end + 1;
  }
  return words;
}

pid_t status_number(pid_t process, std::string_view name) {
  std::ifstream status{"/proc/" + std::to_string(process) + "/status"};
  for (std::string word; status >> word;) {
    if (word.starts_with(name) && word.size() == name.size() + 1) {
      pid_t value = 0;
      status >> value;
      return value;
    }
  }
  return 0;
}

}  // namespace fat::tracer
