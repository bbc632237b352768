// Answers to a step's prompts -> answers.jsonl of its attempt; what the disk refuses is tried
// again.
#pragma once

#include <deque>
#include <filesystem>
#include <functional>
#include <string>

#include <boost/asio/io_context.hpp>

#include "runner/boot_timer.hpp"

namespace fat {

/// Throws nothing for a disk that refuses: the step waits, and so does the answer.
class AnswerQueue {
 public:
  struct Listener {
    std::function<void()> handed;  ///< the shim may be told; also called from `give`
    std::function<void(const std::string& why)> refused;  ///< once per trouble; it is tried again
  };

  /// Throws std::system_error when the kernel has no timer left.
  AnswerQueue(boost::asio::io_context& loop,
              std::filesystem::path attempt_folder,
              Listener listener);

  /// Behind the answers that still wait.
  void give(int prompt, const std::string& value);

  /// The same, unless the file holds it already: for one who takes over an attempt.
  void give_once(int prompt, const std::string& value);

 private:
  void add(std::string line);
  void hand_over();

  std::filesystem::path folder_;
  Listener listener_;
  BootTimer again_;
  std::deque<std::string> waiting_;
  bool in_trouble_ = false;
};

}  // namespace fat
