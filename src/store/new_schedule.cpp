// A schedule's text -> a new file that is whole, checked and never in another's place.
#include "fat/store/new_schedule.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include "store/durable_file.hpp"

namespace fat {

namespace {

constexpr std::uint64_t kLongestTemplate = 64ULL * 1024 * 1024;

}  // namespace

NewScheduleResult write_new_schedule(
    const std::filesystem::path& target,
    const std::string& text,
    const std::function<bool(const std::filesystem::path& draft)>& is_good) {
  if (std::filesystem::exists(std::filesystem::symlink_status(target))) {
    return NewScheduleResult::Exists;
  }
  const auto folder = target.parent_path();
  std::filesystem::create_directories(folder);
  const auto draft = folder / fmt::format(".{}.{}.ini", target.stem().string(), ::getpid());
  store::Temporary unfinished{draft};
  {
    const auto descriptor = store::open_file(draft, O_WRONLY | O_CREAT | O_TRUNC, 0666);
    store::write_all(descriptor, text, draft);
  }
  if (!is_good(draft)) {
    return NewScheduleResult::Refused;
  }
  store::sync_file(draft);
  if (!store::rename_to_free_name(draft, target)) {
    return NewScheduleResult::Exists;
  }
  unfinished.keep();
  store::sync_folder(folder);
  return NewScheduleResult::Written;
}

std::string read_schedule(const std::filesystem::path& file) {
  return store::read_whole(file, kLongestTemplate);
}

}  // namespace fat
