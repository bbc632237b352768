// Orders, one a line -> faults of the bench's devices, and what is broken now.
#include "sim/fault_desk.hpp"

#include <algorithm>
#include <sstream>
#include <stdexcept>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "fat/model/quantity.hpp"
#include "fat/model/suggestion.hpp"

namespace fat {
namespace {

constexpr std::array kLinkFaults{LinkFault::Mute,
                                 LinkFault::Late,
                                 LinkFault::HalfReply,
                                 LinkFault::Close,
                                 LinkFault::Garbled,
                                 LinkFault::Duplicate,
                                 LinkFault::Endless};
constexpr Microseconds kDelay = std::chrono::seconds{5};
constexpr long long kMostDelay = 3'600'000'000;
constexpr long long kMostTimes = 1'000'000;

std::vector<std::string> words_of(const std::string& line) {
  std::istringstream stream{line};
  std::vector<std::string> words;
  for (std::string word; stream >> word;) {
    words.push_back(word);
  }
  return words;
}

/// What stands in an answer is one line, whatever the order held.
std::string one_line(std::string text) {
  std::ranges::replace_if(
      text, [](char byte) { return byte != '\t' && (byte < ' ' || byte > '~'); }, '?');
  return text;
}

std::vector<std::string> fault_names(const VirtualDevice& device) {
  std::vector<std::string> names;
  for (const auto& own : device.own_faults()) {
    names.emplace_back(own.name);
  }
  for (const auto fault : kLinkFaults) {
    names.emplace_back(to_string(fault));
  }
  return names;
}

/// "skip=3" -> 3. Throws std::invalid_argument.
long long option(const std::string& word, std::string_view name, long long low, long long high) {
  const auto value = parse_integer(std::string_view{word}.substr(name.size() + 1));
  if (!value || *value < low || *value > high) {
    throw std::invalid_argument{
        fmt::format("'{}': {} is a whole number from {} to {}", word, name, low, high)};
  }
  return *value;
}

}  // namespace

FaultDesk::FaultDesk(std::vector<NamedDevice> devices)
    : VirtualDevice('\n', Microseconds{0}), devices_(std::move(devices)) {}

const NamedDevice& FaultDesk::find(const std::string& name) const {
  std::vector<std::string> names;
  for (const auto& one : devices_) {
    if (one.name == name || (!one.alias.empty() && one.alias == name)) {
      return one;
    }
    names.push_back(one.name);
  }
  throw std::invalid_argument{
      fmt::format("the virtual station has no device '{}'{}", name, did_you_mean(name, names))};
}

FaultDesk::Order FaultDesk::parse_fault(const std::vector<std::string>& words) const {
  if (words.size() < 3) {
    throw std::invalid_argument{"fault needs a device and what is wrong with it"};
  }
  Order order{.verb = "fault", .device = &find(words[1]), .fault = words[2]};
  const auto own = order.device->device->own_faults();
  const auto found = std::ranges::find(own, order.fault, &OwnFault::name);
  if (found != own.end()) {
    order.own = *found;
  } else if (const auto link = parse_link_fault(order.fault)) {
    order.link = FaultScript{.fault = *link, .skip = 0, .times = -1, .delay = kDelay};
  } else {
    const auto names = fault_names(*order.device->device);
    throw std::invalid_argument{fmt::format("{} has no fault '{}'{}; it has: {}",
                                            order.device->name,
                                            order.fault,
                                            did_you_mean(order.fault, names),
                                            fmt::join(names, " "))};
  }
  for (std::size_t i = 3; i < words.size(); ++i) {
    read_option(words[i], order);
  }
  return order;
}

void FaultDesk::read_option(const std::string& word, Order& order) {
  if (order.link && word.starts_with("times=")) {
    order.link->times = static_cast<int>(option(word, "times", 1, kMostTimes));
  } else if (order.link && word.starts_with("skip=")) {
    order.link->skip = static_cast<int>(option(word, "skip", 0, kMostTimes));
  } else if (order.link && word.starts_with("delay=")) {
    order.link->delay = Microseconds{option(word, "delay", 0, kMostDelay)};
  } else if (order.own && order.own->has_channels() && word.starts_with("channel=")) {
    order.channel = static_cast<int>(
        option(word, "channel", order.own->first_channel, order.own->last_channel));
  } else {
    throw std::invalid_argument{fmt::format("'{}' does not belong to {}", word, order.fault)};
  }
}

FaultDesk::Order FaultDesk::parse(const std::string& line) const {
  const auto words = words_of(line);
  if (!words.empty() && words[0] == "fault") {
    return parse_fault(words);
  }
  if (!words.empty() && words[0] == "clear" && words.size() <= 2) {
    return {.verb = "clear", .device = words.size() == 2 ? &find(words[1]) : nullptr};
  }
  if (words.size() == 1 && words[0] == "list") {
    return {.verb = "list"};
  }
  throw std::invalid_argument{"an order is fault DEVICE FAULT ..., clear [DEVICE] or list"};
}

std::string FaultDesk::problem(const std::string& order) const {
  try {
    parse(order);
    return {};
  } catch (const std::invalid_argument& error) {
    return error.what();
  }
}

std::string FaultDesk::obey(const std::string& line, Microseconds now) {
  const auto order = parse(line);
  if (order.verb == "clear") {
    for (const auto& one : devices_) {
      if (order.device == nullptr || order.device == &one) {
        clear(one, now);
      }
    }
    return fmt::format("{} whole again",
                       order.device == nullptr ? "everything is" : order.device->name + " is");
  }
  if (order.device == nullptr) {
    return list();
  }
  auto& device = *order.device->device;
  if (order.link) {
    device.inject(*order.link);
  } else if (order.own) {
    const int first = order.channel.value_or(order.own->first_channel);
    const int last = order.channel.value_or(std::max(first, order.own->last_channel));
    for (int channel = first; channel <= last; ++channel) {
      device.set_own_fault(order.fault, channel, true, now);
    }
  }
  const auto text = one_line(line.substr(line.find(order.fault)));
  broken_[order.device->name].push_back(text);
  return fmt::format("{}: {}", order.device->name, text);
}

void FaultDesk::clear(const NamedDevice& device, Microseconds now) {
  device.device->inject({.fault = LinkFault::Mute, .times = 0});
  for (const auto& own : device.device->own_faults()) {
    for (int channel = own.first_channel; channel <= std::max(own.first_channel, own.last_channel);
         ++channel) {
      device.device->set_own_fault(own.name, channel, false, now);
    }
  }
  broken_.erase(device.name);
}

std::string FaultDesk::list() const {
  std::string text;
  for (const auto& one : devices_) {
    const auto found = broken_.find(one.name);
    text += fmt::format("{}{:<17} {}",
                        text.empty() ? "" : "\t",
                        one.name,
                        fmt::join(fault_names(*one.device), " "));
    if (found != broken_.end()) {
      text += fmt::format("   BROKEN: {}", fmt::join(found->second, ", "));
    }
  }
  return text;
}

VirtualDevice::Answer FaultDesk::execute(const std::string& line, Microseconds now) {
  try {
    return {"ok " + obey(line, now) + "\n", Microseconds{0}};
  } catch (const std::invalid_argument& error) {
    return {"no " + one_line(error.what()) + "\n", Microseconds{0}};
  }
}

}  // namespace fat
