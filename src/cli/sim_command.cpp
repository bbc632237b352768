#include "cli/sim_command.hpp"

#include <fstream>
#include <iostream>
#include <sstream>

#include <fmt/format.h>

#include "cli/exit_code.hpp"
#include "cli/print.hpp"
#include "cli/station_context.hpp"
#include "cli/virtual_station.hpp"
#include "fat/model/quantity.hpp"
#include "fat/sim/fault_order.hpp"
#include "fat/sim/sim_main.hpp"

namespace fat {

namespace {

long long number_option(const Invocation& invocation,
                        const char* name,
                        long long otherwise,
                        long long low,
                        long long high) {
  if (!invocation.arguments.has(name)) {
    return otherwise;
  }
  const auto number = parse_integer(invocation.arguments.value(name));
  if (!number || *number < low || *number > high) {
    throw UsageError{
        fmt::format("fatmaster sim: --{} is a whole number from {} to {}", name, low, high)};
  }
  return *number;
}

int serve(const Invocation& invocation) {
  SimOptions options;
  options.station.modules = static_cast<int>(number_option(invocation, "modules", 2, 1, 256));
  options.station.port_base = static_cast<int>(number_option(invocation, "port-base", 0, 0, 65000));
  options.station.seed =
      static_cast<std::uint32_t>(number_option(invocation, "seed", 1, 0, 0xffffffffLL));
  if (invocation.arguments.has("speed")) {
    const auto speed = parse_number(invocation.arguments.value("speed"));
    if (!speed || *speed <= 0) {
      throw UsageError{"fatmaster sim: --speed is a number above 0"};
    }
    options.station.speed = *speed;
  }
  if (invocation.arguments.has("faults")) {
    options.station.faults = read_fault_script(invocation.arguments.value("faults"));
  }
  options.json = invocation.arguments.has("json");
  if (invocation.arguments.has("state")) {
    options.state_folder = invocation.arguments.value("state");
  }
  try {
    return sim_main(options, std::cout, std::cerr);
  } catch (const std::invalid_argument& error) {
    throw UsageError{fmt::format("fatmaster sim: {}", error.what())};
  }
}

std::string channel_number(const std::string& text) {
  if (text == "lower" || text == "upper") {
    return text == "lower" ? "0" : "1";
  }
  return text;
}

/// As the station's fault desk reads it; `device` is what that calls it.
std::string order_for(const Invocation& invocation, const std::string& device) {
  const auto& given = invocation.arguments;
  const auto fault = given.value("FAULT");
  if (given.has("list")) {
    return "list";
  }
  if (given.has("clear")) {
    return device.empty() ? "clear" : "clear " + device;
  }
  if (fault.empty()) {
    throw UsageError{
        "fatmaster sim fault: name a device and its fault, --clear [DEVICE], or --list"};
  }
  auto order = fmt::format("fault {} {}", device, fault);
  for (const auto* const name : {"times", "skip"}) {
    if (given.has(name)) {
      order += fmt::format(" {}={}", name, given.value(name));
    }
  }
  if (given.has("delay")) {
    const auto delay = parse_duration(given.value("delay"));
    if (!delay) {
      throw UsageError{"fatmaster sim fault: --delay is a duration, such as 2 s"};
    }
    order += fmt::format(" delay={}", delay->count());
  }
  if (given.has("channel")) {
    order += " channel=" + channel_number(given.value("channel"));
  }
  if (order.find_first_of("\r\n\t") != std::string::npos) {
    throw UsageError{"fatmaster sim fault: a name is one word"};
  }
  return order;
}

int fault(const Invocation& invocation) {
  const auto named = invocation.arguments.value("DEVICE");
  const auto order = order_for(invocation, named);  // a wrong call is said before anything else
  const bool elsewhere = invocation.arguments.has("state");
  const auto station = elsewhere ? Station{} : open_station(invocation).station;
  const auto address = require_virtual_station(
      elsewhere ? std::filesystem::path{invocation.arguments.value("state")} : station.state);
  const auto device = name_on_virtual_bench(address, station.devices, named);
  const auto reply = send_order(address, device == named ? order : order_for(invocation, device));
  if (!reply.accepted) {
    throw CommandError{kExitRefused, reply.text};
  }
  print(reply.text);
  return kExitDone;
}

int sim(const Invocation& invocation) {
  const auto action = invocation.arguments.value("ACTION");
  if (action == "fault") {
    return fault(invocation);
  }
  if (!action.empty()) {
    throw UsageError{
        fmt::format("fatmaster sim: there is no action '{}'; the only one is fault", action)};
  }
  return serve(invocation);
}

}  // namespace

std::vector<TimedOrder> read_fault_script(const std::filesystem::path& file) {
  const std::ifstream stream{file, std::ios::binary};
  std::ostringstream text;
  text << stream.rdbuf();
  if (!stream) {
    throw CommandError{kExitFileWrong, fmt::format("cannot read {}", file.string())};
  }
  try {
    return parse_fault_script(text.str());
  } catch (const std::invalid_argument& error) {
    throw CommandError{kExitFileWrong, fmt::format("{}: {}", file.string(), error.what())};
  }
}

Command sim_command() {
  return {
      .name = "sim",
      .summary = "the virtual station alone; faults on a running one",
      .details =
          "Serves until Ctrl-C. Module n speaks iceboot on port base+n of 127.0.0.1.\n"
          "`fatmaster sim fault DEVICE FAULT` breaks something of the virtual station that runs "
          "for "
          "the folder (-C DIR,\n--state DIR) until `--clear`. Devices are module0, module1 ... or "
          "their serials, and the instruments' names: those of station.ini, or the virtual bench's "
          "own.\n"
          "Faults of any wire: mute late half-reply close garbled duplicate endless. Of a module: "
          "dead fpga-lost stuck-hv\nbroken-fibre. Of the generator: laser-off; of a wheel: jammed "
          "swapped; of the thermometer: silent; of the freezer:\nnot-cooling door-open local.",
      .options =
          {{.name = "ACTION", .value = {}, .help = "fault; none: serve"},
           {.name = "DEVICE", .value = {}, .help = "of the running station, to break"},
           {.name = "FAULT", .value = {}, .help = "what is wrong with it from now on"},
           {.name = "--modules", .value = "N", .help = "1 to 256 (default 2)"},
           {.name = "--port-base",
            .value = "PORT",
            .help = "first port (default: the kernel chooses)"},
           {.name = "--seed", .value = "S", .help = "of identities and noise (default 1)"},
           {.name = "--speed",
            .value = "X",
            .help = "how much faster than real time the hardware moves (default 1)"},
           {.name = "--faults",
            .value = "SCRIPT",
            .help = "file of lines such as 10 min: fault wheel0 jammed"},
           {.name = "--json", .value = {}, .help = "print the addresses as JSON"},
           {.name = "--state", .value = "DIR", .help = "folder where it can be found again"},
           {.name = "--list", .value = {}, .help = "fault: what can be broken, and what is"},
           {.name = "--clear", .value = {}, .help = "fault: the device, or all, whole again"},
           {.name = "--times", .value = "N", .help = "fault of a wire: so many lines only"},
           {.name = "--skip", .value = "N", .help = "fault of a wire: after so many good lines"},
           {.name = "--delay", .value = "DURATION", .help = "fault late: how late (default 5 s)"},
           {.name = "--channel",
            .value = "CHANNEL",
            .help = "fault of one PMT (lower, upper) or one channel of the thermometer (1 to 4)"}},
      .function = sim};
}

}  // namespace fat
