// A wire's name -> the right to use it, among all processes of the machine.
#include "devices/link_lock.hpp"

#include <array>
#include <cctype>
#include <cerrno>
#include <utility>

#include <fcntl.h>
#include <fmt/format.h>
#include <poll.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "devices/descriptor_io.hpp"

namespace fat {
namespace {

constexpr int kLookAgainMs = 10;
constexpr mode_t kForEverybody = 0666;
constexpr mode_t kStickyForEverybody = 01777;

std::string file_name(const std::string& wire) {
  std::string name;
  for (const char byte : wire) {
    const bool plain =
        std::isalnum(static_cast<unsigned char>(byte)) != 0 || byte == '.' || byte == '-';
    name += plain ? std::string(1, byte) : fmt::format("_{:02x}", static_cast<unsigned char>(byte));
  }
  constexpr std::size_t longest = 200;
  if (name.size() > longest) {
    name = fmt::format("{}_{:x}", name.substr(0, longest), std::hash<std::string>{}(wire));
  }
  return name + ".lock";
}

/// Machine-wide: whoever comes first makes it for all.
void make_folder(const std::filesystem::path& folder) {
  if (::mkdir(folder.c_str(), kStickyForEverybody) == 0) {
    ::chmod(folder.c_str(), kStickyForEverybody);
  }
}

/// In a folder that all may write to, a file of another user must not be opened with O_CREAT.
OwnedFd open_file(const std::string& path) {
  for (int attempt = 0; attempt < 2; ++attempt) {
    OwnedFd known{::open(path.c_str(), O_RDWR | O_CLOEXEC | O_NOFOLLOW)};
    if (known || errno != ENOENT) {
      return known;
    }
    OwnedFd made{
        ::open(path.c_str(), O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, kForEverybody)};
    if (made) {
      ::fchmod(made.get(), kForEverybody);
      return made;
    }
    if (errno != EEXIST) {
      return made;
    }
  }
  return OwnedFd{};
}

std::string holder_of(int file) {
  std::array<char, 256> text{};
  const auto size = ::pread(file, text.data(), text.size(), 0);
  std::string holder;
  for (ssize_t i = 0; i < size; ++i) {
    const auto byte = static_cast<unsigned char>(text.at(static_cast<std::size_t>(i)));
    holder += byte >= 0x20 && byte < 0x7f ? static_cast<char>(byte) : '?';
  }
  return holder.empty() ? "another process" : holder;
}

/// Cut behind the text: ext4 writes a file that was cut to nothing to the disk when it is closed,
/// each time an instrument is asked.
void write_holder(int file, const std::string& purpose) {
  const auto text = fmt::format("pid {}{}{}", ::getpid(), purpose.empty() ? "" : ", ", purpose);
  if (::pwrite(file, text.data(), text.size(), 0) < 0 ||
      ::ftruncate(file, static_cast<off_t>(text.size())) != 0) {
    return;  // a full disk: the lock holds all the same, only its text is missing
  }
}

/// Who held it before may have removed the file: then it is nobody's lock.
bool is_locked_and_there(const OwnedFd& file) {
  struct stat state {};

  return file && ::flock(file.get(), LOCK_EX | LOCK_NB) == 0 && ::fstat(file.get(), &state) == 0 &&
         state.st_nlink > 0;
}

}  // namespace

LinkLock::LinkLock(const Clock& clock, LinkLocks locks, const std::string& wire)
    : clock_(clock), locks_(std::move(locks)), path_((locks_.folder / file_name(wire)).string()) {}

Exchange LinkLock::take(Microseconds patience) {
  if (locks_.folder.empty() || file_) {
    return {};
  }
  make_folder(locks_.folder);
  const auto deadline = clock_.now().boot + patience;
  OwnedFd file;
  while (!is_locked_and_there(file)) {
    file = open_file(path_);
    if (!file) {
      return link_failure(
          DeviceFault::Unreachable,
          fmt::format(
              "cannot open the lock {}: {}; [paths] locks of station.ini names another folder",
              path_,
              error_text(errno)));
    }
    if (is_locked_and_there(file)) {
      break;
    }
    if (clock_.now().boot >= deadline) {
      return link_failure(DeviceFault::Busy,
                          fmt::format("the link is held by {}; not free within {}",
                                      holder_of(file.get()),
                                      to_text(patience)));
    }
    ::poll(nullptr, 0, kLookAgainMs);
  }
  write_holder(file.get(), locks_.purpose);
  file_ = std::move(file);
  return {};
}

void LinkLock::release() {
  if (file_) {
    ::unlink(path_.c_str());  // where it is another user's it stays
    file_.reset();
  }
}

}  // namespace fat
