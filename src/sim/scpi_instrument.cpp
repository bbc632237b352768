// Lines of SCPI -> an instrument's settings and replies.
#include "sim/scpi_instrument.hpp"

#include <algorithm>
#include <cctype>
#include <charconv>
#include <cmath>

#include <fmt/format.h>

#include "fat/model/trimmed.hpp"

namespace fat {
namespace {

constexpr std::size_t kQueue = 20;
constexpr int kCommandError = 32, kExecutionError = 16, kOperationComplete = 1;

std::string upper(std::string_view text) {
  std::string result{text};
  std::ranges::transform(result, result.begin(), [](unsigned char letter) {
    return static_cast<char>(std::toupper(letter));
  });
  return result;
}

std::vector<std::string> split(std::string_view text, char separator) {
  std::vector<std::string> parts;
  while (true) {
    const auto end = text.find(separator);
    parts.emplace_back(trimmed_of_blanks(text.substr(0, end)));
    if (end == std::string_view::npos) {
      return parts;
    }
    text.remove_prefix(end + 1);
  }
}

/// "VOLT2" -> "VOLT", 2.
std::pair<std::string, int> without_number(const std::string& word) {
  const auto digits = word.find_last_not_of("0123456789") + 1;
  int number = 0;
  std::from_chars(word.data() + digits, word.data() + word.size(), number);
  return {word.substr(0, digits), number};
}

/// Throws ScpiFault for a unit that no instrument here has.
double scale_of(std::string_view unit) {
  if (unit == "KHZ") {
    return 1e3;
  }
  if (unit == "MHZ") {
    return 1e6;
  }
  if (unit == "MV" || unit == "MVPP") {
    return 1e-3;
  }
  if (unit.empty() || unit == "HZ" || unit == "V" || unit == "VPP" || unit == "A") {
    return 1;
  }
  throw ScpiFault{-131, "Invalid suffix"};
}

}  // namespace

ScpiInstrument::ScpiInstrument(std::string identity, std::string no_error)
    : VirtualDevice('\n', Microseconds{0}),
      identity_(std::move(identity)),
      no_error_(std::move(no_error)) {
  define_common();
}

void ScpiInstrument::define_common() {
  define("*IDN", [this](const ScpiCall&) { return identity_; });
  define("*CLS", [this](const ScpiCall&) {
    errors_.clear();
    event_status_ = 0;
    return std::string{};
  });
  define("*RST", [this](const ScpiCall&) {
    reset();
    return std::string{};
  });
  define("*OPC", [this](const ScpiCall& call) {
    event_status_ |= call.query ? 0 : kOperationComplete;
    return std::string{"1"};
  });
  define("*ESR",
         [this](const ScpiCall&) { return std::to_string(std::exchange(event_status_, 0)); });
  define("*ESE", [this](const ScpiCall& call) {
    if (!call.query) {
      event_enable_ = static_cast<int>(scpi_value(call, 0, 0, 255));
    }
    return std::to_string(event_enable_);
  });
  define("*STB", [this](const ScpiCall&) { return std::string{errors_.empty() ? "0" : "4"}; });
  define("SYSTem:ERRor[:NEXT]", [this](const ScpiCall&) { return next_error(); });
}

void ScpiInstrument::define(std::string_view pattern, Function function) {
  Entry entry{.nodes = {}, .function = std::move(function)};
  bool optional = false;
  std::string word;
  const auto finish = [&] {
    if (word.empty()) {
      return;
    }
    Node node{.optional = optional, .numbered = word.ends_with('#')};
    word.resize(word.size() - (node.numbered ? 1 : 0));
    node.long_form = upper(word);
    std::ranges::copy_if(word, std::back_inserter(node.short_form), [](unsigned char letter) {
      return std::islower(letter) == 0;
    });
    entry.nodes.push_back(std::move(node));
    word.clear();
  };
  for (const char byte : pattern) {
    if (byte == ':' || byte == '[' || byte == ']') {
      finish();
      optional = byte == '[' || (byte == ':' && optional);
    } else {
      word += byte;
    }
  }
  finish();
  entries_.push_back(std::move(entry));
}

bool ScpiInstrument::match(const std::vector<Node>& nodes,
                           const std::vector<std::string>& header,
                           std::size_t node,
                           std::size_t word,
                           int& channel) {
  if (node == nodes.size()) {
    return word == header.size();
  }
  if (word < header.size()) {
    const auto [name, number] = without_number(header[word]);
    const bool bare = number == 0 && name == header[word];
    if ((name == nodes[node].long_form || name == nodes[node].short_form) &&
        (bare || nodes[node].numbered) && match(nodes, header, node + 1, word + 1, channel)) {
      channel = bare ? channel : number;
      return true;
    }
  }
  return nodes[node].optional && match(nodes, header, node + 1, word, channel);
}

VirtualDevice::Answer ScpiInstrument::execute(const std::string& line, Microseconds now) {
  now_ = now;
  std::string path, replies;
  for (auto& unit : split(line, ';')) {
    if (unit.empty()) {
      continue;
    }
    try {
      const auto reply = run_unit(unit, path);
      replies += (replies.empty() || reply.empty() ? "" : ";") + reply;
    } catch (const ScpiFault& fault) {
      queue(fault.code(), fault.what());
      break;  // the rest of a line with an error is not executed
    }
  }
  return {replies.empty() ? replies : replies + "\n", Microseconds{0}};
}

std::string ScpiInstrument::run_unit(const std::string& unit, std::string& path) {
  const auto blank = unit.find_first_of(" \t");
  auto header = upper(unit.substr(0, blank));
  ScpiCall call;
  call.query = header.ends_with('?');
  header.resize(header.size() - (call.query ? 1 : 0));
  if (blank != std::string::npos) {
    call.arguments = split(upper(trimmed_of_blanks(std::string_view{unit}.substr(blank))), ',');
  }
  if (!header.starts_with('*')) {
    header = header.starts_with(':') ? header.substr(1) : path + header;
    const auto last = header.rfind(':');
    path = last == std::string::npos ? std::string{} : header.substr(0, last + 1);
  }
  auto reply = run_entry(split(header, ':'), call);
  return call.query ? reply : std::string{};
}

std::string ScpiInstrument::run_entry(const std::vector<std::string>& header,
                                      const ScpiCall& call) {
  for (const auto& entry : entries_) {
    auto understood = call;
    if (match(entry.nodes, header, 0, 0, understood.channel)) {
      return entry.function(understood);
    }
  }
  throw ScpiFault{-113, "Undefined header"};
}

void ScpiInstrument::queue(int code, const std::string& text) {
  event_status_ |= code > -200 ? kCommandError : kExecutionError;
  if (errors_.size() == kQueue) {
    errors_.back() = "-350,\"Queue overflow\"";
    return;
  }
  errors_.push_back(fmt::format("{},\"{}\"", code, text));
}

std::string ScpiInstrument::next_error() {
  if (errors_.empty()) {
    return no_error_;
  }
  auto error = std::move(errors_.front());
  errors_.pop_front();
  return error;
}

double scpi_value(const ScpiCall& call, std::size_t argument, double low, double high) {
  if (argument >= call.arguments.size() || call.arguments[argument].empty()) {
    throw ScpiFault{-109, "Missing parameter"};
  }
  std::string_view text = call.arguments[argument];
  if (text.starts_with("MIN")) {
    return low;
  }
  if (text.starts_with("MAX")) {
    return high;
  }
  text.remove_prefix(text.starts_with('+') ? 1 : 0);
  double value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc{}) {
    throw ScpiFault{-104, "Data type error"};
  }
  const auto unit =
      trimmed_of_blanks({end, static_cast<std::size_t>(text.data() + text.size() - end)});
  value *= scale_of(unit);
  const bool within = value >= low && value <= high;
  if (!within) {
    throw ScpiFault{-222, "Data out of range"};
  }
  return value;
}

bool scpi_switch(const ScpiCall& call, std::size_t argument) {
  if (argument >= call.arguments.size()) {
    throw ScpiFault{-109, "Missing parameter"};
  }
  const auto& text = call.arguments[argument];
  if (text != "ON" && text != "OFF" && text != "1" && text != "0") {
    throw ScpiFault{-224, "Illegal parameter value"};
  }
  return text == "ON" || text == "1";
}

}  // namespace fat
