// Addresses of modules -> who answers there.
#include "fat/tasks/identify.hpp"

#include "fat/ports/device_error.hpp"
#include "in_parallel.hpp"

namespace fat {
namespace {

ModuleAnswer ask_iceboot(const ModuleEntry& module, const Bench& bench) {
  const auto session = bench.open(module);
  ModuleAnswer answer;
  answer.ids = session->board_ids();
  answer.fpga_version = session->fpga_version();
  answer.iceboot_version = session->software_version();
  return answer;
}

ModuleAnswer ask(const ModuleAddress& address, const Bench& bench, const AskModule& identify) {
  const ModuleEntry module{
      .serial = to_text(address), .path = {}, .port = address.port, .host = address.host};
  ModuleAnswer answer;
  try {
    if (!identify && module.port == 0) {
      answer.why = module.host + ": iceboot is asked at a TCP port, and this address has none";
      answer.what_to_try = "name it as HOST:PORT, or 'identify' in [modules] of station.ini";
      return answer;
    }
    if (!identify) {
      return ask_iceboot(module, bench);
    }
    answer.id = identify(module);
    if (answer.id.empty()) {
      answer.why = module.serial + ": the identify command printed nothing";
      answer.what_to_try = "it prints the module's serial, or an id that the database knows";
    }
  } catch (const DeviceError& error) {
    answer.why = error.what();
    answer.what_to_try =
        identify ? "try that command by hand; it is 'identify' of [modules] in station.ini"
                 : "switch its wire pair on, start its module server, or leave it out";
  }
  return answer;
}

}  // namespace

std::vector<ModuleAnswer> identify_modules(const std::vector<ModuleAddress>& addresses,
                                           const Bench& bench,
                                           const AskModule& identify) {
  std::vector<ModuleAnswer> answers(addresses.size());
  in_parallel(addresses.size(),
              [&](std::size_t index) { answers[index] = ask(addresses[index], bench, identify); });
  return answers;
}

}  // namespace fat
