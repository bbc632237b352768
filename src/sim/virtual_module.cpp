// A module behind its bridge: echo, reply, prompt.
#include "sim/virtual_module.hpp"

namespace fat {

VirtualModule::VirtualModule(ModuleIdentity identity,
                             const VirtualModuleOptions& options,
                             double speed)
    : VirtualDevice('\n', options.latency), speed_(speed), model_(std::move(identity), options) {
  define_module_words(forth_, model_, board_);
  define_readout_words(forth_, readout_, board_);
  if (options.fault) {
    inject(*options.fault);
  }
}

VirtualDevice::Answer VirtualModule::execute(const std::string& line, Microseconds now) {
  const bool echo = board_.echo;
  board_.now = std::chrono::duration_cast<Microseconds>(now * speed_);
  board_.rebooted = false;
  board_.takes = Microseconds{0};
  const auto printed = forth_.interpret(line);
  if (board_.rebooted) {
    return {};
  }
  auto reply = (echo ? line + "\r\n" : std::string{}) + printed;
  return {(reply.empty() ? "\r\n" : reply) + "> ",
          std::chrono::duration_cast<Microseconds>(board_.takes / speed_)};
}

}  // namespace fat
