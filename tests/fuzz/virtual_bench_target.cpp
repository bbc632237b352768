// Lines whose first byte says to which device of the virtual bench the rest is sent, as a client
// does -> bounded answers; afterwards the desk of its faults still answers, and clears them all.
// The same bytes as a script of faults are read or refused in words.
#include <memory>
#include <stdexcept>
#include <vector>

#include "fat/sim/fault_order.hpp"
#include "fuzz/targets.hpp"
#include "sim/bench_instruments.hpp"
#include "sim/fault_desk.hpp"
#include "sim/scpi_instruments.hpp"
#include "sim/virtual_module.hpp"

namespace fat::fuzz {

namespace {

constexpr std::size_t kMostOutput = 16U << 20U;
constexpr Microseconds kBetweenLines = std::chrono::milliseconds{50};

class Devices {
 public:
  Devices() {
    add("module0",
        std::make_unique<VirtualModule>(module_identity(1, 0), VirtualModuleOptions{}, model_, 0));
    add("tabletop",
        std::make_unique<VirtualModule>(module_identity(1, 1), VirtualModuleOptions{}, model_, 1));
    add("generator",
        std::make_unique<VirtualPrologix>(std::make_unique<VirtualGenerator>(model_), 10));
    add("supply", std::make_unique<VirtualSupply>(model_));
    add("wheel0", std::make_unique<VirtualWheel>(model_, 0));
    add("thermometer", std::make_unique<VirtualThermometer>(model_));
    add("freezer", std::make_unique<VirtualChiller>(model_));
    add("humidity", std::make_unique<VirtualHumidity>(model_));
    add("field_hub0", std::make_unique<VirtualFieldHub>(model_, 0, 1));
    std::vector<NamedDevice> named;
    named.reserve(devices_.size());
    for (std::size_t i = 0; i < devices_.size(); ++i) {
      named.push_back({names_[i], {}, devices_[i].get()});
    }
    devices_.push_back(std::make_unique<FaultDesk>(std::move(named)));
  }

  /// What the device that `which` stands for has said by then.
  std::string tell(unsigned char which, std::string_view bytes) {
    auto& device = *devices_[which % devices_.size()];
    device.receive(bytes, now_);
    now_ += kBetweenLines;
    device.hangs_up();
    return device.take_output(now_);
  }

  std::string tell_desk(std::string_view line) {
    return tell(static_cast<unsigned char>(devices_.size() - 1), line);
  }

 private:
  void add(const char* name, std::unique_ptr<VirtualDevice> device) {
    names_.emplace_back(name);
    devices_.push_back(std::move(device));
  }

  std::shared_ptr<BenchModel> model_ = std::make_shared<BenchModel>(1, 1.0, 1);  // all devices'
  std::vector<std::string> names_;
  std::vector<std::unique_ptr<VirtualDevice>> devices_;  // the desk last
  Microseconds now_{0};
};

void check_script(std::string_view input) {
  try {
    for (const auto& [at, order] : parse_fault_script(input)) {
      require(at >= Microseconds{0} && !order.empty(), "an order has a time and words");
    }
  } catch (const std::invalid_argument& error) {
    require(error.what() != std::string_view{}, "a refusal is a sentence");
  }
}

}  // namespace

void virtual_bench(std::string_view input) {
  check_script(input);
  Devices devices;
  while (!input.empty()) {
    const auto which = static_cast<unsigned char>(input.front());
    const auto end = std::min(input.find('\n'), input.size() - 1);
    require(devices.tell(which, input.substr(1, end)).size() <= kMostOutput,
            "an answer is bounded");
    input.remove_prefix(end + 1);
  }
  // Half a line may stand in the desk; lines behind it are its own.
  devices.tell_desk("\n");
  const auto answer = devices.tell_desk("clear\nlist\n");
  require(answer.starts_with("ok ") || answer.find("\nok ") != std::string::npos,
          "the desk answers afterwards");
}

}  // namespace fat::fuzz
