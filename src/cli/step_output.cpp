#include "cli/step_output.hpp"

#include <array>
#include <iostream>

#include <fcntl.h>
#include <sys/stat.h>

#include "cli/file_watch.hpp"
#include "cli/terminal_filter.hpp"
#include "fat/model/owned_fd.hpp"

namespace fat {

namespace {

bool is_same_file(int fd, const std::filesystem::path& path) {
  struct stat opened {};

  struct stat named {};

  return fstat(fd, &opened) == 0 && stat(path.c_str(), &named) == 0 &&
         opened.st_ino == named.st_ino && opened.st_dev == named.st_dev;
}

/// A file that grows and may be rotated away: goes on with the new one of that name.
class GrowingFile {
 public:
  explicit GrowingFile(std::filesystem::path path) : path_(std::move(path)), file_(opened()) {}

  /// The file that goes by this name now is the one being read.
  bool is_now(const std::filesystem::path& path) const {
    return file_ && is_same_file(file_.get(), path);
  }

  void print_new() {
    print_rest();
    if (!is_now(path_)) {
      print_rest();  // what came between reading and looking
      file_ = opened();
      print_rest();
    }
    std::cout.flush();
  }

  void finish() { std::cout << filter_.finish() << std::flush; }

 private:
  OwnedFd opened() const { return OwnedFd{open(path_.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK)}; }

  void print_rest() {
    std::array<char, 65536> buffer{};
    ssize_t count = 0;
    while (file_ && std::cout && (count = read(file_.get(), buffer.data(), buffer.size())) > 0) {
      std::cout << filter_.pass({buffer.data(), static_cast<std::size_t>(count)});
    }
  }

  std::filesystem::path path_;
  OwnedFd file_;
  TerminalFilter filter_;
};

}  // namespace

void print_step_output(const OutputRequest& request) {
  auto folders = request.watched;
  folders.push_back(request.folder);
  const FileWatch changes{folders};
  GrowingFile file{request.folder / (request.report ? "report.jsonl" : "output.log")};
  const auto older = request.folder / "output.log.1";
  if (!request.report && !file.is_now(older)) {  // else it was rotated away this moment
    GrowingFile before{older};
    before.print_new();
    before.finish();
  }
  bool ended = !request.follow || request.has_ended();
  file.print_new();
  while (!ended && std::cout) {
    changes.wait(kJournalLag);
    ended = request.has_ended();  // first: what was printed before the end is there
    file.print_new();
  }
  file.finish();
}

}  // namespace fat
