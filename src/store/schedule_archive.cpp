// A file's bytes -> temporary file -> the first name nobody has taken.
#include "fat/store/schedule_archive.hpp"

#include <algorithm>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include "fat/model/quantity.hpp"
#include "store/durable_file.hpp"

namespace fat {

namespace {

constexpr std::uint64_t kLongestSchedule = 256ULL * 1024 * 1024;

/// n of "<stem>_<n><extension>".
std::optional<int> copy_number(std::string_view name,
                               std::string_view stem,
                               std::string_view extension) {
  if (!name.starts_with(stem) || !name.ends_with(extension) ||
      name.size() <= stem.size() + 1 + extension.size() || name[stem.size()] != '_') {
    return std::nullopt;
  }
  name.remove_prefix(stem.size() + 1);
  name.remove_suffix(extension.size());
  const auto number = parse_integer(name);
  return number && std::in_range<int>(*number) ? std::optional(static_cast<int>(*number))
                                               : std::nullopt;
}

int next_number(const std::filesystem::path& folder,
                const std::string& stem,
                const std::string& extension) {
  int next = 0;
  for (const auto& entry : std::filesystem::directory_iterator(folder)) {
    const auto number = copy_number(entry.path().filename().string(), stem, extension);
    next = std::max(next, number.value_or(-1) + 1);
  }
  return next;
}

}  // namespace

std::filesystem::path archive_schedule(const std::filesystem::path& schedule_file,
                                       const std::filesystem::path& run_folder) {
  const auto content = store::read_whole(schedule_file, kLongestSchedule);
  std::filesystem::create_directories(run_folder);
  const auto stem = schedule_file.stem().string();
  const auto extension = schedule_file.extension().string();
  const auto temporary = run_folder / fmt::format(".{}.{}.tmp", stem, ::getpid());
  store::Temporary unfinished(temporary);
  {
    const auto descriptor = store::open_file(temporary, O_WRONLY | O_CREAT | O_TRUNC, 0644);
    store::write_all(descriptor, content, temporary);
  }
  store::sync_file(temporary);
  for (int number = next_number(run_folder, stem, extension);; ++number) {
    const auto target = run_folder / fmt::format("{}_{}{}", stem, number, extension);
    if (store::rename_to_free_name(temporary, target)) {
      unfinished.keep();
      store::sync_folder(run_folder);
      return target;
    }
  }
}

}  // namespace fat
