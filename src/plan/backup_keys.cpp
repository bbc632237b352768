// Values of [backup NAME] -> the newest backup target of the station, or what is wrong with them.
#include "plan/backup_keys.hpp"

#include <algorithm>
#include <cctype>
#include <optional>
#include <string_view>

#include "fat/model/quantity.hpp"
#include "plan/raw_text.hpp"

namespace fat {

namespace {

constexpr long long kMostKept = 1'000'000;
constexpr auto kLongestBackup = std::chrono::hours{24};
constexpr std::string_view kSsh = "ssh ";

/// What cannot be taken for an option of ssh, nor for more than one word by a shell.
bool is_host(std::string_view text) {
  const auto is_plain = [](unsigned char c) {
    return std::isalnum(c) != 0 || c == '.' || c == '-' || c == '_' || c == '@';
  };
  return !text.empty() && text.size() <= 255 && text.front() != '-' && text.front() != '@' &&
         text.back() != '@' && std::ranges::all_of(text, is_plain);
}

std::filesystem::path without_last_slash(const std::filesystem::path& path) {
  return path.has_filename() ? path : path.parent_path();
}

/// "user@host:/folder"; false when it is not that.
bool read_host(std::string_view text, BackupTarget& target) {
  const auto colon = text.find(':');
  if (colon == std::string_view::npos || !is_host(text.substr(0, colon)) ||
      !text.substr(colon + 1).starts_with('/')) {
    return false;
  }
  target.host = text.substr(0, colon);
  target.target =
      without_last_slash(std::filesystem::path{text.substr(colon + 1)}.lexically_normal());
  return true;
}

/// "last 20" or "20"; nullptr when the first word is neither.
int* counted(std::string_view word, Retention& keep) {
  if (word == "last") {
    return &keep.last;
  }
  return word == "daily" ? &keep.daily : nullptr;
}

std::optional<int> count_kept(std::string_view text) {
  const auto number = parse_integer(text);
  return number && *number >= 0 && *number <= kMostKept ? std::optional{static_cast<int>(*number)}
                                                        : std::nullopt;
}

std::optional<Retention> parse_retention(const std::string& text) {
  Retention keep{.last = 0, .daily = 0};
  if (const auto number = count_kept(text)) {
    keep.last = *number;
    return keep;
  }
  for (const auto& item : list_items(text, ",")) {
    const auto space = item.find(' ');
    auto* count = counted(item.substr(0, space), keep);
    const int number =
        space == std::string::npos
            ? 0
            : count_kept(item.substr(item.find_first_not_of(' ', space))).value_or(0);
    if (count == nullptr || *count != 0 || number == 0) {
      return std::nullopt;
    }
    *count = number;
  }
  return keep.last == 0 && keep.daily == 0 ? std::nullopt : std::optional{keep};
}

}  // namespace

void read_backup_target(const IniKey& key, StationFile& file, SectionReport& report) {
  auto& target = file.station.backups.back();
  if (key.value.empty() || has_control_character(key.value)) {
    report.wrong(key, "a folder, or 'ssh user@host:/folder'");
  } else if (key.value.starts_with(kSsh)) {
    if (!read_host(std::string_view{key.value}.substr(kSsh.size()), target)) {
      report.wrong(key,
                   "of the form 'ssh user@host:/folder'; another port or key stands in "
                   "~/.ssh/config under the host's name");
    }
  } else {
    target.target = without_last_slash((file.station.folder / key.value).lexically_normal());
  }
}

void read_backup_keep(const IniKey& key, StationFile& file, SectionReport& report) {
  if (const auto keep = parse_retention(key.value)) {
    file.station.backups.back().keep = *keep;
  } else {
    report.wrong(key, "such as '100', 'last 20' or 'last 20, daily 30'; 0 keeps all");
  }
}

void read_backup_timeout(const IniKey& key, StationFile& file, SectionReport& report) {
  const auto duration = parse_duration(key.value);
  if (!duration || duration->count() == 0 || *duration > kLongestBackup) {
    report.wrong(key, "a duration of at most a day with its unit, such as '10 min'");
    return;
  }
  file.station.backups.back().timeout = *duration;
}

}  // namespace fat
