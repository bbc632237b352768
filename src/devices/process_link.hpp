// A program's words -> a child process whose standard input and output are the wire.
#pragma once

#include <utility>
#include <vector>

#include "devices/link.hpp"
#include "fat/model/owned_fd.hpp"

namespace fat {

/// Each `open` starts the program anew; `close` ends it with all it started. A program that ends is
/// a fault at once, which says how it ended; a program that cannot be started is Unreachable.
class ProcessLink : public Link {
 public:
  /// It starts in `folder`, with `environment` ("NAME=value", all of it); empty: those of this
  /// process.
  explicit ProcessLink(std::vector<std::string> words,
                       std::string folder = {},
                       std::vector<std::string> environment = {})
      : words_(std::move(words)),
        folder_(std::move(folder)),
        environment_(std::move(environment)) {}

  ~ProcessLink() override { end_process(); }

  ProcessLink(const ProcessLink&) = delete;
  ProcessLink& operator=(const ProcessLink&) = delete;

  std::string name() const override;

  std::string wire() const override { return name(); }

  Exchange open(Microseconds timeout) override;

  void close() override { end_process(); }

  Exchange send(std::string_view bytes, Microseconds timeout) override;
  Exchange receive(Microseconds timeout) override;

  /// Exit status 0, after `receive` said Closed.
  bool ended_well() const { return ended_well_; }

 private:
  void end_process();
  std::string reap();

  std::vector<std::string> words_;
  std::string folder_;
  std::vector<std::string> environment_;
  int process_ = -1;
  OwnedFd wire_;
  bool ended_well_ = false;
};

}  // namespace fat
