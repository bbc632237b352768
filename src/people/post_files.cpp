// Files of a post, read with bounds.
#include "people/post_files.hpp"

#include <algorithm>
#include <array>
#include <filesystem>
#include <utility>

#include <fmt/format.h>

#include "fat/model/lower_case.hpp"
#include "fat/model/plain_text.hpp"

namespace fat {
namespace {

constexpr std::uint64_t kLargestPicture = 4U << 20U;
constexpr std::uint64_t kLongestEnd = 32U << 10U;  // of a log
constexpr std::size_t kMostLogLines = 200;
constexpr std::size_t kLongestLogLine = 2000;
constexpr std::size_t kLongestName = 100;

struct PictureType {
  std::string_view ending;
  const char* type;
};

constexpr std::array kPictureTypes{PictureType{".png", "image/png"},
                                   PictureType{".svg", "image/svg+xml"},
                                   PictureType{".jpg", "image/jpeg"},
                                   PictureType{".jpeg", "image/jpeg"},
                                   PictureType{".gif", "image/gif"},
                                   PictureType{".pdf", "application/pdf"}};

const PictureType* picture_type(std::string_view name) {
  const auto ending = lower_case(std::filesystem::path{name}.extension().string());
  const auto* const found = std::ranges::find(kPictureTypes, ending, &PictureType::ending);
  return found == kPictureTypes.end() ? nullptr : found;
}

/// Whole lines without escape sequences. What was cut at the front is not shown.
std::string last_lines(std::string_view text, bool cut) {
  std::vector<std::string> lines;
  while (!text.empty()) {
    const auto line = text.substr(0, text.find('\n'));
    lines.push_back(plain_text(line, kLongestLogLine));
    text.remove_prefix(std::min(text.size(), line.size() + 1));
  }
  auto first = cut && lines.size() > 1 ? lines.begin() + 1 : lines.begin();
  if (static_cast<std::size_t>(lines.end() - first) > kMostLogLines) {
    first = lines.end() - kMostLogLines;
  }
  std::string all;
  for (auto line = first; line != lines.end(); ++line) {
    all += *line + '\n';
  }
  return all;
}

std::string shown_name(const std::string& path) {
  return plain_text(std::filesystem::path{path}.filename().string(), kLongestName);
}

std::optional<PostFile> read_log(const std::string& path, const SinkOptions& options) {
  const auto end = options.read_end ? options.read_end(path, kLongestEnd) : std::nullopt;
  auto lines = end ? last_lines(*end, end->size() == kLongestEnd) : "";
  if (lines.empty()) {
    return std::nullopt;
  }
  return PostFile{
      .name = shown_name(path) + ".txt", .type = "text/plain", .bytes = std::move(lines)};
}

std::optional<PostFile> read_picture(const std::string& path,
                                     const PictureType& type,
                                     const SinkOptions& options) {
  auto bytes = options.read_file ? options.read_file(path, kLargestPicture) : std::nullopt;
  if (!bytes || bytes->empty()) {
    return std::nullopt;
  }
  return PostFile{.name = shown_name(path), .type = type.type, .bytes = std::move(*bytes)};
}

}  // namespace

bool is_plot(std::string_view name) {
  return picture_type(name) != nullptr;
}

PostFiles read_post_files(const std::vector<std::string>& paths, const SinkOptions& options) {
  PostFiles files;
  std::string missing;
  for (const auto& path : paths) {
    const auto* const type = picture_type(path);
    auto file = type == nullptr ? read_log(path, options) : read_picture(path, *type, options);
    if (file) {
      files.shown.push_back(std::move(*file));
    } else if (type != nullptr) {
      missing += (missing.empty() ? "" : ", ") + plain_text(path, 4 * kLongestName);
    }
  }
  if (!missing.empty()) {
    files.missing = fmt::format("(not shown, for it is gone, empty or longer than {} MiB: {})",
                                kLargestPicture >> 20U,
                                missing);
  }
  return files;
}

}  // namespace fat
