// answers.jsonl, to which the scheduler appends -> the command's answer descriptor.
#pragma once

#include <string>
#include <utility>

#include <sys/types.h>

#include "fat/model/owned_fd.hpp"

namespace fat::shim {

/// Never blocks: what the command does not read waits in the file.
class AnswerFeed {
 public:
  /// `folder` is a descriptor that outlives this.
  explicit AnswerFeed(int folder) : folder_(folder) {}

  /// The end of the pipe that the command reads from; must not block.
  void connect(OwnedFd pipe) { pipe_ = std::move(pipe); }

  /// To be waited on for writing; -1 while nothing is pending.
  int blocked() const { return pending_.empty() ? -1 : pipe_.get(); }

  /// The disk refused to give what there may be: nobody will say again that it is there.
  bool wants_another_try() const { return refused_; }

  /// Passes on what there is. True when the command was given something.
  bool pump();

 private:
  bool send();
  void load();

  int folder_;
  OwnedFd file_, pipe_;
  off_t offset_ = 0;
  bool refused_ = false;
  std::string pending_;  // read from the file, not yet taken by the pipe
};

}  // namespace fat::shim
