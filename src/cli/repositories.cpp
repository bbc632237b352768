#include "cli/repositories.hpp"

#include <algorithm>
#include <chrono>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <set>
#include <sstream>

#include <fmt/format.h>
#include <unistd.h>

#include "cli/bounded_call.hpp"
#include "fat/model/plain_environment.hpp"
#include "fat/model/plain_text.hpp"

namespace fat {

namespace {

namespace fs = std::filesystem;

constexpr std::chrono::seconds kPatience{3};
constexpr std::size_t kMostRepositories = 16;
constexpr std::size_t kMostGitText = 200;

/// The nearest folder upwards that holds a .git; empty when there is none.
fs::path work_tree_of(fs::path folder) {
  std::error_code ignored;
  while (!fs::exists(folder / ".git", ignored)) {
    if (folder == folder.parent_path()) {
      return {};
    }
    folder = folder.parent_path();
  }
  return folder;
}

/// Nothing in it points git elsewhere.
std::vector<std::string> environment_with(const std::vector<std::string>& more) {
  auto entries = plain_environment();
  entries.insert(entries.end(), {"GIT_OPTIONAL_LOCKS=0", "GIT_TERMINAL_PROMPT=0", "LC_ALL=C"});
  entries.insert(entries.end(), more.begin(), more.end());
  return entries;
}

BoundedResult git(const std::vector<std::string>& words, const std::vector<std::string>& more) {
  std::vector<std::string> all{"git"};
  all.insert(all.end(), words.begin(), words.end());
  return run_within(
      kPatience, {.words = all, .environment = environment_with(more), .folder = "/", .input = {}});
}

std::vector<std::string> lines_of(const std::string& text) {
  std::vector<std::string> lines;
  std::istringstream stream{text};
  for (std::string line; std::getline(stream, line);) {
    lines.push_back(line);
  }
  return lines;
}

/// Why git could not say it.
std::string complaint(const BoundedResult& result) {
  if (!result.answered) {
    return fmt::format("git did not answer within {} s", kPatience.count());
  }
  if (result.status == kNoSuchProgram) {
    return "git is not installed";
  }
  const auto lines = lines_of(result.text);
  const auto fatal = std::ranges::find_if(
      lines, [](const std::string& line) { return line.starts_with("fatal: "); });
  return fatal == lines.end() ? fmt::format("git ended with status {}", result.status)
                              : plain_text(*fatal, kMostGitText);
}

/// A git folder of our own that knows nothing but the commit: with the index and the objects of
/// the real one, but without its configuration, `git status` starts no program that it names.
class BareView {
 public:
  explicit BareView(const std::string& commit) {
    auto name = (fs::temp_directory_path() / "fatmaster_git_XXXXXX").string();
    folder_ = mkdtemp(name.data()) == nullptr ? "" : name;
    if (!folder_.empty()) {
      fs::create_directory(folder_ / "refs");
      fs::create_directory(folder_ / "objects");
      std::ofstream{folder_ / "HEAD"} << commit << '\n';
    }
  }

  ~BareView() {
    std::error_code ignored;
    fs::remove_all(folder_, ignored);
  }

  BareView(const BareView&) = delete;
  BareView& operator=(const BareView&) = delete;

  const fs::path& folder() const { return folder_; }

 private:
  fs::path folder_;
};

std::string state_of(const std::string& tree, const std::vector<std::string>& found) {
  const BareView view{found[2]};
  if (view.folder().empty()) {
    return "no room for a temporary folder";
  }
  const auto result = git({"-c",
                           "core.filemode=false",
                           "--git-dir=" + view.folder().string(),
                           "--work-tree=" + tree,
                           "status",
                           "--porcelain",
                           "--untracked-files=no",
                           "--ignore-submodules=all"},
                          {"GIT_OBJECT_DIRECTORY=" + found[0],
                           "GIT_INDEX_FILE=" + found[1],
                           "GIT_CONFIG_NOSYSTEM=1",
                           "GIT_CONFIG_GLOBAL=/dev/null"});
  if (!result.answered || result.status != 0) {
    return complaint(result);
  }
  return result.text.empty() ? "clean" : "modified";
}

CodeRepository ask(const fs::path& tree) {
  CodeRepository repository{.folder = tree.string(), .commit = {}, .state = {}};
  const auto result = git({"-C",
                           tree.string(),
                           "rev-parse",
                           "--path-format=absolute",
                           "--git-path",
                           "objects",
                           "--git-path",
                           "index",
                           "HEAD"},
                          {});
  const auto found = lines_of(result.text);
  if (!result.answered || result.status != 0 || found.size() != 3) {
    repository.state = complaint(result);
    return repository;
  }
  repository.commit = plain_text(found[2], kMostGitText);
  repository.state = state_of(tree.string(), found);
  return repository;
}

}  // namespace

std::vector<CodeRepository> ask_repositories(const std::vector<std::string>& files) {
  std::set<fs::path> folders, trees;
  for (const auto& file : files) {
    folders.insert(fs::path{file}.parent_path());
  }
  for (const auto& folder : folders) {
    if (const auto tree = work_tree_of(folder); !tree.empty() && trees.size() < kMostRepositories) {
      trees.insert(tree);
    }
  }
  std::vector<CodeRepository> repositories;
  std::ranges::transform(trees, std::back_inserter(repositories), ask);
  return repositories;
}

}  // namespace fat
