// Files -> a thread of a Slack channel, by the calls of an external upload.
#pragma once

#include <stop_token>
#include <string>
#include <vector>

#include "people/post_files.hpp"
#include "people/slack_call.hpp"

namespace fat {

/// Where files are shown.
struct SlackPlace {
  std::string channel;  ///< id, also of a direct conversation
  std::string thread;   ///< of its first message
};

/// The files of one post on their way. Nobody sees anything of them before the last call, which
/// shows all of them at once: what is broken off before that leaves nothing behind.
class SlackFiles {
 public:
  SlackFiles() = default;

  SlackFiles(std::vector<PostFile> files, std::string key)
      : files_(std::move(files)), key_(std::move(key)) {}

  /// Goes on where the last try failed. Delivered: shown, or given up: a post is not held up for
  /// pictures. `why` then says which are not shown.
  PostResult show(const SlackAccess& access, const SlackPlace& place, const std::stop_token& stop);

 private:
  PostResult upload(const SlackAccess& access, const PostFile& file, const std::stop_token& stop);
  PostResult complete(const SlackAccess& access,
                      const SlackPlace& place,
                      const std::stop_token& stop);
  bool is_worth_a_wait(const PostResult& result);
  void leave_out(const std::string& what, const std::string& why);

  std::vector<PostFile> files_;
  std::string key_;
  std::vector<std::string> ids_;  ///< of those that are uploaded; empty: left out
  int failures_ = 0;
  std::string left_out_;
};

}  // namespace fat
