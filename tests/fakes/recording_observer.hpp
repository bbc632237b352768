// What people would have been told -> lists the test reads.
#pragma once

#include <string>
#include <vector>

#include "fat/ports/observer.hpp"

namespace fat {

class RecordingObserver : public Observer {
 public:
  void happened(const std::vector<Event>& told, const Campaign&, const Instant&) override {
    events.insert(events.end(), told.begin(), told.end());
  }

  void alarm(const std::string& text, const Instant&) override { alarms.push_back(text); }

  std::vector<Event> events;
  std::vector<std::string> alarms;
};

}  // namespace fat
