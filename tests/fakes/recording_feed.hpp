// What a test's listener of the event stream heard.
#pragma once

#include <string>
#include <vector>

#include "fat/web/api.hpp"

namespace fat {

/// Keeps all that is published, in its order. One thread.
class RecordingFeed : public EventFeed {
 public:
  void publish(StreamEvent event) override { heard_.push_back(std::move(event)); }

  const std::vector<StreamEvent>& heard() const { return heard_; }

  /// Of one name.
  std::vector<StreamEvent> heard(const std::string& name) const {
    std::vector<StreamEvent> some;
    for (const auto& event : heard_) {
      if (event.name == name) {
        some.push_back(event);
      }
    }
    return some;
  }

  void forget() { heard_.clear(); }

 private:
  std::vector<StreamEvent> heard_;
};

}  // namespace fat
