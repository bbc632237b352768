// The run JSON's path -> where everything else of the run lives.
#include "fat/model/run_paths.hpp"

#include <algorithm>
#include <charconv>
#include <cstddef>
#include <functional>
#include <string>

#include <fmt/format.h>

namespace fat {

namespace {

constexpr std::size_t kLongestTitle = 80;
constexpr std::size_t kFewestDigits = 5, kMostDigits = 9;

/// A title as part of a file name: plain characters only, not longer than kLongestTitle.
std::string plain_name(std::string_view title) {
  std::string name{title.substr(0, kLongestTitle)};
  const auto is_plain = [](char letter) {
    return (letter >= 'a' && letter <= 'z') || (letter >= 'A' && letter <= 'Z') ||
           (letter >= '0' && letter <= '9') || letter == '.' || letter == '_' || letter == '-';
  };
  std::ranges::replace_if(name, std::not_fn(is_plain), '_');
  return name;
}

/// The prefix keeps it unique and makes "." and ".." impossible.
std::string step_folder_name(const AttemptKey& key, int index) {
  switch (key.list) {
    case StepList::Main:
      return fmt::format("{:04}_{}", index, plain_name(key.title));
    case StepList::SafeState:
    case StepList::OnResume:
      return fmt::format("{}_{:04}_{}", to_string(key.list), index, plain_name(key.title));
    case StepList::Backup:
      return "backup";
  }
  return fmt::format("{:04}", index);
}

}  // namespace

std::optional<int> run_number_of(const std::filesystem::path& run_file) {
  constexpr std::string_view prefix = "run_", suffix = ".json";
  const std::string name = run_file.filename().string();
  if (!name.starts_with(prefix) || !name.ends_with(suffix) ||
      name.size() < prefix.size() + kFewestDigits + suffix.size()) {
    return std::nullopt;
  }
  const std::string_view digits =
      std::string_view{name}.substr(prefix.size(), name.size() - prefix.size() - suffix.size());
  const bool plain =
      std::ranges::all_of(digits, [](char letter) { return letter >= '0' && letter <= '9'; });
  const bool other_spelling = digits.size() > kFewestDigits && digits.front() == '0';
  if (!plain || other_spelling || digits.size() > kMostDigits) {
    return std::nullopt;
  }
  int number = 0;
  std::from_chars(digits.data(), digits.data() + digits.size(), number);
  return number;
}

std::string run_name(int run) {
  return fmt::format("run_{:05}", run);
}

std::filesystem::path run_folder(const std::filesystem::path& run_file) {
  const auto number = run_number_of(run_file);
  const auto name = number ? run_name(*number) : run_file.stem().string();
  return (run_file.parent_path() / ".." / name).lexically_normal();
}

std::filesystem::path attempt_folder(const std::filesystem::path& run_folder,
                                     const AttemptKey& key,
                                     int index) {
  return run_folder / "steps" / step_folder_name(key, index) /
         fmt::format("attempt_{}", key.attempt);
}

std::string as_written(const std::filesystem::path& file,
                       const std::filesystem::path& station_folder) {
  const auto relative = file.lexically_relative(station_folder);
  return relative.empty() || *relative.begin() == ".." ? file.string() : relative.string();
}

}  // namespace fat
