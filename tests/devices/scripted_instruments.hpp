// What an instrument answers to which line, as a test writes it -> a peer for a scripted link.
#pragma once

#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "devices/scripted_link.hpp"
#include "devices/session.hpp"

namespace fat {

/// Lines without their ends. What it has no answer for it does not answer.
using Says = std::map<std::string, std::string>;

/// One instrument: `says` may be changed while it is spoken to.
class ScriptedInstrument {
 public:
  enum class Form { Scpi, Lines, Wheel, Iceboot };

  ScriptedInstrument(Form form, Says all) : says(std::move(all)), form_(form) {}

  SessionParts parts() {
    auto wire = std::make_unique<ScriptedLink>(
        clock, [this](const std::string& line) { return hear(line); });
    link = wire.get();
    return {.clock = clock,
            .device = "instrument",
            .link = std::move(wire),
            .timeouts = {},
            .locks = {}};
  }

  ManualClock clock;
  Says says;
  std::vector<std::string> heard;
  ScriptedLink* link = nullptr;

 private:
  std::vector<Piece> hear(std::string line) {
    line.erase(line.find_last_not_of("\r\n") + 1);
    heard.push_back(line);
    const auto text = answer(line);
    return std::vector<Piece>(text.empty() ? 0 : 1, Piece{.bytes = text});
  }

  std::string answer(const std::string& line) {
    const auto found = says.find(line);
    switch (form_) {
      case Form::Scpi:
        return scpi(line, found);
      case Form::Lines:
        return found == says.end() ? "" : found->second + "\r\n";
      case Form::Wheel:
        return wheel(line, found);
      case Form::Iceboot:
        return iceboot(line, found);
    }
    return "";
  }

  std::string scpi(const std::string& line, Says::const_iterator found) {
    if (line.starts_with("*ESE ")) {
      number_ = line.substr(5);
    }
    if (line == "*ESE?") {
      return number_ + "\n";
    }
    return found == says.end() ? "" : found->second + "\n";
  }

  std::string wheel(const std::string& line, Says::const_iterator found) const {
    if (found != says.end()) {
      return line + "\r" + found->second + (found->second.empty() ? "" : "\r") + "> ";
    }
    return line.empty() ? "" : line + "\rCommand error CMD_NOT_DEFINED\r> ";
  }

  std::string iceboot(const std::string& line, Says::const_iterator found) const {
    if (line == "boot") {
      return "> ";
    }
    if (line.starts_with("sdrop ")) {
      const auto number = line.substr(6, line.find(' ', 6) - 6);
      return line + "\r\n<1> " + number + " \r\n> ";
    }
    const auto text = found == says.end() ? std::string{} : found->second + "\r\n";
    return line + "\r\n" + text + "> ";
  }

  Form form_;
  std::string number_ = "0";
};

}  // namespace fat
