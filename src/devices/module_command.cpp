// A station's command for its modules -> what it prints about one of them.
#include "fat/devices/module_command.hpp"

#include <algorithm>
#include <array>
#include <utility>

#include <fmt/format.h>

#include "devices/process_link.hpp"
#include "devices/session.hpp"
#include "fat/model/module_address.hpp"

namespace fat {
namespace {

constexpr std::size_t kMostPrinted = 64U << 10U;

std::string with_module(std::string word, const ModuleEntry& module) {
  const std::array<std::pair<std::string_view, std::string>, 4> values{
      {{"{serial}", module.serial},
       {"{host}", module.host},
       {"{port}", module.port == 0 ? "" : std::to_string(module.port)},
       {"{address}",
        module.port == 0 ? module.host : fmt::format("{}:{}", module.host, module.port)}}};
  std::string filled;
  for (std::size_t at = 0; at < word.size();) {
    const auto* const value = std::ranges::find_if(values, [&](const auto& one) {
      return word.compare(at, one.first.size(), one.first) == 0;
    });
    if (value == values.end()) {
      filled += word[at++];
    } else {
      filled += value->second;
      at += value->first.size();
    }
  }
  return filled;
}

std::string first_line(const std::string& printed) {
  constexpr std::string_view blanks = " \t\r";
  const auto line = printed.substr(0, printed.find('\n'));
  const auto begin = line.find_first_not_of(blanks);
  return begin == std::string::npos ? ""
                                    : line.substr(begin, line.find_last_not_of(blanks) + 1 - begin);
}

/// What one start of the command came to.
struct CommandEnd {
  Exchange exchange;
  bool well = false;
};

CommandEnd run_to_its_end(ProcessLink& link, const Clock& clock, Microseconds timeout) {
  const auto since = clock.now();
  CommandEnd end{.exchange = link.open(timeout)};
  std::string printed;
  while (!end.exchange.fault && printed.size() <= kMostPrinted) {
    const auto left = timeout - elapsed(since, clock.now());
    end.exchange = link.receive(std::max(left, Microseconds{0}));
    printed += end.exchange.received;
  }
  if (end.exchange.fault == DeviceFault::Timeout) {
    end.exchange.why = "not done within " + to_text(timeout);
  }
  end.well = end.exchange.fault == DeviceFault::Closed && link.ended_well();
  end.exchange.received = std::move(printed);
  link.close();
  return end;
}

}  // namespace

AskModule module_command(const Clock& clock,
                         std::vector<std::string> words,
                         CommandPlace place,
                         Microseconds timeout) {
  if (words.empty()) {
    return {};
  }
  return [&clock, words = std::move(words), place = std::move(place), timeout](
             const ModuleEntry& module) {
    std::vector<std::string> filled;
    std::ranges::transform(words, std::back_inserter(filled), [&](const std::string& word) {
      return with_module(word, module);
    });
    ProcessLink link{std::move(filled), place.folder.string(), place.environment};
    const auto end = run_to_its_end(link, clock, timeout);
    if (!end.well) {
      throw DeviceError{
          end.exchange.fault.value_or(DeviceFault::Garbled),
          module.serial,
          fmt::format("{}: {}; it printed \"{}\"",
                      link.name(),
                      end.exchange.fault ? end.exchange.why : "it printed more than 64 KiB",
                      escaped(end.exchange.received))};
    }
    return first_line(end.exchange.received);
  };
}

}  // namespace fat
