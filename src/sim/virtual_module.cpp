// A module behind its bridge: echo, reply, prompt.
#include "sim/virtual_module.hpp"

#include <utility>

namespace fat {

VirtualModule::VirtualModule(ModuleIdentity identity,
                             const VirtualModuleOptions& options,
                             std::shared_ptr<BenchModel> bench,
                             std::size_t number)
    : VirtualDevice('\n', options.latency),
      bench_(std::move(bench)),
      number_(number),
      model_(std::move(identity), options, *bench_),
      board_{bench_->modules.at(number_)},
      readout_(model_, *bench_, board_.place) {
  define_module_words(forth_, model_, board_);
  define_board_words(forth_, model_, board_);
  define_readout_words(forth_, readout_, board_);
  if (options.fault) {
    inject(*options.fault);
  }
}

void VirtualModule::notice_bench() {
  const auto& place = board_.place;
  if (std::exchange(resets_, place.resets) != place.resets) {
    model_.reboot();
    readout_.disarm();
    board_.echo = board_.log_output = true;
  }
  if (std::exchange(hv_allowed_, place.hv_allowed) && !place.hv_allowed) {
    for (const int channel : {0, 1}) {
      model_.enable_hv(channel, false, place.hv_forbidden_at);
    }
  }
}

std::vector<OwnFault> VirtualModule::own_faults() const {
  return {{"dead"}, {"fpga-lost"}, {"stuck-hv", 0, 1}, {"broken-fibre", 0, 1}};
}

void VirtualModule::set_own_fault(std::string_view name, int channel, bool on, Microseconds now) {
  if (name == "dead") {
    board_.place.dead = on;
  } else if (name == "fpga-lost" && on) {
    model_.lose_image();
  } else if (name == "stuck-hv") {
    model_.stick_hv(channel, on, bench_->hours(now));
  } else if (name == "broken-fibre") {
    board_.place.fibres.at(static_cast<std::size_t>(channel)) = on ? 0 : 1;
  }
}

VirtualDevice::Answer VirtualModule::execute(const std::string& line, Microseconds now) {
  board_.now = bench_->hours(now);
  notice_bench();
  const auto& place = board_.place;
  if (place.dead || !place.has_power() || board_.now < place.awake_from) {
    return {};
  }
  const bool echo = board_.echo;
  board_.rebooted = false;
  board_.takes = Microseconds{0};
  const auto printed = forth_.interpret(line);
  if (std::exchange(board_.rebooted, false)) {
    bench_->restart(number_, board_.now);
    return {};
  }
  waits_for_data_ = board_.takes > Microseconds{0};
  auto reply = (echo ? line + "\r\n" : std::string{}) + printed;
  return {(reply.empty() ? "\r\n" : reply) + "> ",
          std::chrono::duration_cast<Microseconds>(board_.takes / bench_->speed)};
}

void VirtualModule::client_left() {
  VirtualDevice::client_left();
  if (std::exchange(waits_for_data_, false)) {
    drop_pending();
  }
}

}  // namespace fat
