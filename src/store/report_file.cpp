#include "fat/store/report_file.hpp"

#include <algorithm>
#include <cerrno>
#include <stdexcept>
#include <system_error>

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "fat/model/owned_fd.hpp"
#include "store/durable_file.hpp"

namespace fat {

void write_report_file(const std::filesystem::path& file, std::string_view text, bool for_group) {
  const auto folder = file.parent_path();
  const auto lock = store::open_file(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (::flock(lock.number(), LOCK_EX | LOCK_NB) != 0) {  // a run's end waits for nobody
    throw std::system_error{
        errno, std::generic_category(), "another report is written in " + folder.string()};
  }
  store::replace_file(file, text, {.mode = for_group ? 0660U : 0600U, .as = {}, .durable = false});
}

std::optional<std::string> read_artifact(const std::filesystem::path& file, std::uint64_t most) {
  try {
    return store::read_whole(file, most);
  } catch (const std::runtime_error&) {  // a picture that is gone is not shown
    return std::nullopt;
  }
}

std::optional<std::string> read_end(const std::filesystem::path& file, std::uint64_t most) {
  const OwnedFd descriptor{::open(file.c_str(), O_RDONLY | O_NONBLOCK | O_CLOEXEC)};

  struct stat status {};

  if (!descriptor || ::fstat(descriptor.get(), &status) != 0 || !S_ISREG(status.st_mode)) {
    return std::nullopt;
  }
  const auto size = static_cast<std::uint64_t>(status.st_size);
  std::string end(std::min(size, most), '\0');
  const auto count =
      ::pread(descriptor.get(), end.data(), end.size(), static_cast<off_t>(size - end.size()));
  if (count < 0) {
    return std::nullopt;
  }
  end.resize(static_cast<std::size_t>(count));
  return end;
}

}  // namespace fat
