// Paths of a post's files -> what can be shown of them; and which files are worth showing.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "fat/people/make_sink.hpp"

namespace fat {

struct PostFile {
  std::string name;  ///< one line
  std::string type;  ///< "image/png"
  std::string bytes;
};

struct PostFiles {
  std::vector<PostFile> shown;
  std::string missing;  ///< a line about those that cannot be shown; empty: none
};

/// A picture by its name.
bool is_plot(std::string_view name);

/// Pictures whole, of a `.log` its last lines as plain text. One that is gone, empty or longer than
/// 4 MiB is named instead; an empty log is nothing to talk about.
PostFiles read_post_files(const std::vector<std::string>& paths, const SinkOptions& options);

}  // namespace fat
