// fcntl's locks of open files -> one owner per station, named in the file.
#include "fat/store/station_lock.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <string_view>
#include <system_error>
#include <vector>

#include <fcntl.h>
#include <fmt/format.h>
#include <nlohmann/json.hpp>
#include <poll.h>
#include <pwd.h>
#include <sys/stat.h>
#include <unistd.h>

#include "fat/model/whole_number.hpp"
#include "store/durable_file.hpp"

namespace fat {

namespace {

constexpr std::chrono::milliseconds kPause{20};
constexpr std::size_t kLongestOwner = 4096;

/// The whole file, however long it is or becomes.
struct flock whole_file() {
  struct flock lock {};

  lock.l_type = F_WRLCK;
  lock.l_whence = SEEK_SET;
  return lock;
}

bool try_lock(int descriptor, const std::filesystem::path& file) {
  struct flock lock = whole_file();
  if (::fcntl(descriptor, F_OFD_SETLK, &lock) == 0) {
    return true;
  }
  if (errno == EAGAIN || errno == EACCES || errno == EINTR) {
    return false;
  }
  throw std::system_error(
      errno, std::generic_category(), fmt::format("cannot lock {}", file.string()));
}

/// What the file says; empty while its owner is writing it.
StationOwner read_owner(int descriptor) {
  std::array<char, kLongestOwner> text{};
  const ssize_t length = ::pread(descriptor, text.data(), text.size(), 0);
  const std::string_view said(text.data(), static_cast<std::size_t>(std::max<ssize_t>(length, 0)));
  const auto json = nlohmann::json::parse(said, nullptr, false);
  StationOwner owner;
  if (!json.is_object()) {
    return owner;
  }
  for (const auto& [key, value] : json.items()) {
    if (key == "pid") {
      owner.pid = whole_number<int>(value).value_or(0);
    }
    if (key == "run") {
      owner.run = whole_number<int>(value).value_or(0);
    }
    if (key == "ends") {
      owner.ends = value == true;
    }
    if (key == "host" && value.is_string()) {
      owner.host = value.get<std::string>();
    }
    if (key == "user" && value.is_string()) {
      owner.user = value.get<std::string>();
    }
  }
  return owner;
}

void write_owner(int descriptor, const StationOwner& owner, const std::filesystem::path& file) {
  nlohmann::json json{
      {"pid", owner.pid}, {"host", owner.host}, {"run", owner.run}, {"user", owner.user}};
  if (owner.ends) {
    json["ends"] = true;
  }
  auto text = json.dump(-1, ' ', true, nlohmann::json::error_handler_t::replace) + "\n";
  // Overwritten in place and cut afterwards: the name is for people, the lock does not depend on
  // it.
  const auto size = static_cast<off_t>(text.size());
  if (::pwrite(descriptor, text.data(), text.size(), 0) != size ||
      ::ftruncate(descriptor, size) != 0) {
    throw std::system_error(
        errno, std::generic_category(), fmt::format("cannot write {}", file.string()));
  }
}

std::string to_sentence(const StationOwner& owner) {
  if (owner.pid == 0) {
    return "another fatmaster owns this station";
  }
  const auto run = owner.run == 0 ? std::string{} : fmt::format(", run {}", owner.run);
  return fmt::format(
      "another fatmaster owns this station: process {} of {} on {}{}; 'fatmaster "
      "status' shows what it does",
      owner.pid,
      owner.user,
      owner.host,
      run);
}

}  // namespace

StationOwned::StationOwned(const StationOwner& owner)
    : std::runtime_error(to_sentence(owner)), owner_(owner) {}

StationLock::StationLock(const std::filesystem::path& state_folder,
                         const StationOwner& owner,
                         std::chrono::milliseconds patience,
                         bool for_group,
                         const char* name)
    : file_(state_folder / name) {
  const unsigned mode = for_group ? 0660 : 0600;
  store::Descriptor descriptor = store::open_file(file_, O_RDWR | O_CREAT, mode);
  if (for_group && ::fchmod(descriptor.number(), mode) != 0) {
    errno = 0;  // somebody else's file of the same group: it has its mode already
  }
  for (auto left = patience; !try_lock(descriptor.number(), file_); left -= kPause) {
    if (left <= std::chrono::milliseconds::zero()) {
      throw StationOwned(read_owner(descriptor.number()));
    }
    ::poll(nullptr, 0, static_cast<int>(std::min(left, kPause).count()));
  }
  write_owner(descriptor.number(), owner, file_);
  descriptor_ = descriptor.release();
}

StationLock::~StationLock() {
  ::close(descriptor_);
}

void StationLock::set_owner(const StationOwner& owner) {
  write_owner(descriptor_, owner, file_);
}

std::optional<StationOwner> who_holds(const std::filesystem::path& state_folder, const char* name) {
  const store::Descriptor descriptor(::open((state_folder / name).c_str(), O_RDONLY | O_CLOEXEC));
  if (!descriptor) {
    return std::nullopt;
  }
  struct flock lock = whole_file();
  if (::fcntl(descriptor.number(), F_OFD_GETLK, &lock) != 0 || lock.l_type == F_UNLCK) {
    return std::nullopt;
  }
  return read_owner(descriptor.number());
}

StationOwner this_process(int run) {
  std::array<char, 256> host{};
  ::gethostname(host.data(), host.size() - 1);
  std::vector<char> space(16384);

  struct passwd entry {};
  struct passwd* found = nullptr;
  const uid_t user = ::getuid();
  ::getpwuid_r(user, &entry, space.data(), space.size(), &found);
  return {.pid = ::getpid(),
          .host = host.data(),
          .run = run,
          .user = found != nullptr ? entry.pw_name : fmt::format("uid {}", user)};
}

}  // namespace fat
