// fat_call_tracer OPTIONS -- COMMAND...: runs a command under the tracer. Options: see the list in
// `read_option`.
#include <cstdlib>
#include <exception>
#include <iostream>
#include <stdexcept>
#include <string>
#include <string_view>

#include "tracer.hpp"

namespace {

using fat::tracer::Action;
using fat::tracer::Point;
using fat::tracer::Settings;

constexpr int kWrongUse = 125;

Action action_of(std::string_view word) {
  if (word == "kill-before") {
    return Action::KillBefore;
  }
  if (word == "kill-after") {
    return Action::KillAfter;
  }
  if (word == "fail") {
    return Action::Fail;
  }
  if (word == "short") {
    return Action::Short;
  }
  throw std::invalid_argument{"no such action"};
}

void read_point(Point& point, std::string_view name, const std::string& value) {
  if (name == "--role") {
    point.role = value;
  } else if (name == "--window") {
    point.window = value;
  } else if (name == "--call") {
    point.call = value;
  } else if (name == "--number") {
    point.number = std::stoi(value);
  } else if (name == "--do") {
    point.action = action_of(value);
  } else if (name == "--error") {
    point.error = std::stoi(value);
  } else if (name == "--with") {
    point.with = value;
  } else {
    throw std::invalid_argument{"unknown option " + std::string{name}};
  }
}

void read_option(Settings& settings, std::string_view name, const std::string& value) {
  if (name == "--mark") {
    settings.marks.push_back(value);
  } else if (name == "--calls") {
    settings.calls_file = value;
  } else if (name == "--files") {
    settings.files_file = value;
  } else if (name == "--folder") {
    settings.folder = value;
  } else if (name == "--boot-id") {
    settings.boot_id = value;
  } else if (name == "--result") {
    settings.result_file = value;
  } else {
    settings.point = settings.point.value_or(Point{});
    read_point(*settings.point, name, value);
  }
}

Settings read_settings(int count, char** words) {
  Settings settings;
  int at = 1;
  for (; at + 1 < count && std::string_view{words[at]} != "--"; at += 2) {
    read_option(settings, words[at], words[at + 1]);
  }
  settings.command.assign(words + std::min(at + 1, count), words + count);
  if (settings.command.empty()) {
    throw std::invalid_argument{"no command"};
  }
  return settings;
}

}  // namespace

int main(int count, char** words) {
  try {
    return fat::tracer::Tracer{read_settings(count, words)}.run();
  } catch (const std::exception& error) {
    std::cerr << "fat_call_tracer: " << error.what() << '\n';
    return kWrongUse;
  }
}
