// Readings as they come -> those worth a row of the journal: a change between valid and not, and
// one a minute.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "fat/model/event.hpp"

namespace fat {

class ReadingFilter {
 public:
  explicit ReadingFilter(const Plan& plan) { follow(plan); }

  /// The plan was edited: these are its windows now.
  void follow(const Plan& plan);

  /// Remembers what it lets pass. Between two that pass lie at most 60 s, and at most half of the
  /// shortest age that a window of this signal allows.
  bool is_news(const SignalRead& reading);

 private:
  std::map<std::string, std::vector<Window>> windows_;  ///< by signal
  std::map<std::string, SignalRead> passed_;
};

}  // namespace fat
