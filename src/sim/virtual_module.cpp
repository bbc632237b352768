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
  define_transfer_words(forth_, model_, board_);
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
    board_.calibration_power = false;
    board_.upload = {};
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
  if (!is_awake()) {
    return {};
  }
  if (board_.upload.is_active()) {
    return upload_packet(line);
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
  if (board_.upload.is_active()) {
    return {reply, Microseconds{0}};
  }
  return {(reply.empty() ? "\r\n" : reply) + "> ",
          std::chrono::duration_cast<Microseconds>(board_.takes / bench_->speed)};
}

bool VirtualModule::is_awake() const {
  const auto& place = board_.place;
  return !place.dead && place.has_power() && board_.now >= place.awake_from;
}

VirtualDevice::Answer VirtualModule::upload_packet(const std::string& packet) {
  auto answer = board_.upload.receive(packet);
  if (board_.upload.is_active()) {
    return {answer, Microseconds{0}};
  }
  if (auto content = board_.upload.take_file()) {
    model_.store_file(board_.upload_name, std::move(*content));
  } else {
    answer += "\r\nERROR upload";
  }
  return {answer + "\r\n> ", Microseconds{0}};
}

std::optional<std::string> VirtualModule::take_line(std::string& partial) const {
  return board_.upload.is_active() ? YmodemReceiver::take_packet(partial)
                                   : VirtualDevice::take_line(partial);
}

/// What the bridge found out comes unasked.
std::optional<Microseconds> VirtualModule::next_push() const {
  return rapcals_ != board_.place.rapcals && is_awake() ? std::optional{Microseconds{0}}
                                                        : std::nullopt;
}

std::string VirtualModule::push() {
  constexpr std::string_view good{"RC\x02\x00", 4};  // version 1, no complaint
  constexpr std::size_t samples = 280;
  ++rapcals_;
  std::string bytes{good};
  for (std::size_t at = 0; at < samples; ++at) {
    bytes += static_cast<char>((at * 7) & 0x7fU);
  }
  return bytes;
}

void VirtualModule::client_left() {
  VirtualDevice::client_left();
  board_.upload = {};
  if (std::exchange(waits_for_data_, false)) {
    drop_pending();
  }
}

}  // namespace fat
