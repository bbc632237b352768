// A stopped process under ptrace -> its system call, its memory, its open files. Throws nothing for
// a process that is gone: every answer is then empty.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <sys/types.h>

namespace fat::tracer {

/// One system call as it is made.
struct Call {
  long number = -1;
  std::array<std::uint64_t, 6> arguments{};

  int fd(std::size_t place = 0) const { return static_cast<int>(arguments.at(place)); }
};

/// An open file, a folder or something else behind a descriptor.
struct OpenFile {
  std::uint64_t inode = 0;
  std::uint64_t size = 0;
  std::string path;  ///< as the kernel names it
  bool is_file = false;
  bool is_folder = false;
};

/// The call at whose entry the thread is stopped; nullopt at an exit, or when it is gone.
std::optional<Call> call_at_entry(pid_t thread);

/// What the call at whose exit the thread is stopped returned.
std::optional<std::int64_t> result_at_exit(pid_t thread);

/// The kernel does not carry out the call at whose entry the thread is stopped.
void skip_call(pid_t thread);

void set_result(pid_t thread, std::int64_t result);

/// The third argument, in which write and pwrite64 say how many bytes.
void set_length(pid_t thread, std::uint64_t length);

/// At most `length` bytes; fewer when the memory ends.
std::string read_memory(pid_t process, std::uint64_t address, std::size_t length);
void write_memory(pid_t process, std::uint64_t address, std::string_view bytes);

/// Text up to its zero byte.
std::string read_text(pid_t process, std::uint64_t address);

/// The bytes that a write, pwrite64, writev, pwritev, sendto or sendmsg is about to give, at most
/// `limit`; empty for every other call.
std::string data_of(pid_t process, const Call& call, std::size_t limit);

std::optional<OpenFile> open_file(pid_t process, int fd);

/// Where the next write goes.
std::uint64_t position(pid_t process, int fd);

/// Absolute and without dots; relative ones follow the folder `fd`, or the working folder.
std::string absolute_path(pid_t process, int fd, const std::string& path);

/// The paths that a call names, absolute; two for those that rename or link.
std::vector<std::string> paths_of(pid_t process, const Call& call);

/// Whether the call opens a file with leave to make it, and whether it empties one that is there.
bool may_create(const Call& call);
bool truncates(const Call& call);

/// Words of its command line, program first.
std::vector<std::string> command_line(pid_t process);

/// A number of /proc/PID/status, such as "PPid".
pid_t status_number(pid_t process, std::string_view name);

}  // namespace fat::tracer
