// Channels without a bench.
#pragma once

#include <functional>
#include <map>
#include <set>
#include <stdexcept>
#include <string>
#include <vector>

#include "fat/ports/channels.hpp"

namespace fat {

/// They show what the test says, and remember what was set.
class FakeChannels : public Channels {
 public:
  std::map<std::string, std::function<ChannelValue()>> shown;
  std::set<std::string> refused;  ///< cannot be set
  mutable std::vector<std::string> settings;

  static ChannelValue valid(double value, const std::string& unit) {
    return {.reading = {.at = {}, .value = value, .state = ReadingState::Ok, .why = {}},
            .unit = unit};
  }

  static ChannelValue silent(const std::string& unit) {
    return {.reading = {.at = {}, .value = {}, .state = ReadingState::Failed, .why = "no answer"},
            .unit = unit};
  }

  ChannelValue read(const std::string& channel) const override { return shown.at(channel)(); }

  ChannelValue read_anew(const std::string& channel) const override { return read(channel); }

  void set(const std::string& channel, const std::string& value) const override {
    if (refused.contains(channel)) {
      throw std::runtime_error{channel + " is not set: an interlock holds it"};
    }
    settings.push_back(channel + " " + value);
  }
};

}  // namespace fat
