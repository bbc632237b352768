// What a test says -> what the other side says; remembers what it was given.
#pragma once

#include <algorithm>
#include <condition_variable>
#include <functional>
#include <iterator>
#include <mutex>
#include <string>
#include <utility>
#include <vector>

#include "fakes/patience.hpp"
#include "fat/people/sink.hpp"

namespace fat {

/// What was posted, kept where the test sees it while the sink belongs to its courier.
class PostedTexts {
 public:
  void add(const std::string& text) {
    const std::scoped_lock lock{mutex_};
    texts_.push_back(text);
    changed_.notify_all();
  }

  /// False when there are not so many of them in time.
  bool wait_for(std::size_t number) {
    std::unique_lock lock{mutex_};
    return changed_.wait_for(lock, kPatience, [&] { return texts_.size() >= number; });
  }

  std::vector<std::string> all() {
    const std::scoped_lock lock{mutex_};
    return texts_;
  }

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  std::vector<std::string> texts_;  // guarded by mutex_
};

class ScriptedSink : public Sink {
 public:
  using Answer = std::function<PostResult(const Post&, const std::stop_token&)>;

  ScriptedSink(PostedTexts& posted, Answer answer) : posted_(posted), answer_(std::move(answer)) {}

  PostResult deliver(const Post& post, const std::stop_token& stop) override {
    auto result = answer_(post, stop);
    posted_.add(post.text);
    return result;
  }

 private:
  PostedTexts& posted_;
  Answer answer_;
};

}  // namespace fat
