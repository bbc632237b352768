// The instruments of the virtual bench, each on its wire.
#include "sim/virtual_bench.hpp"

#include <algorithm>
#include <string>

#include "sim/bench_instruments.hpp"
#include "sim/scpi_instruments.hpp"

namespace fat {
namespace {

constexpr int kGpib = 10;
constexpr int kModulesPerPair = 4;
constexpr int kFirstPort = 1000;  // above the modules' base, where a base is given

bool holds(const std::vector<int>& numbers, int number) {
  return std::ranges::find(numbers, number) != numbers.end();
}

/// Puts one instrument after the other on wires.
class Bench {
 public:
  explicit Bench(const VirtualStationOptions& options) : options_(options) {}

  void tcp(std::string name, std::string kind, std::unique_ptr<VirtualDevice> device) {
    place(std::move(name),
          std::move(kind),
          std::make_unique<TcpPort>(std::move(device), next_port()));
  }

  void zero_mq(std::string name, std::string kind, std::unique_ptr<VirtualDevice> device) {
    place(std::move(name),
          std::move(kind),
          std::make_unique<ZeroMqPort>(std::move(device), next_port()));
  }

  void serial(std::string name,
              std::string kind,
              std::unique_ptr<VirtualDevice> device,
              const SerialSettings& settings) {
    const auto link = options_.terminals.empty() ? std::filesystem::path{}
                                                 : options_.terminals / ("virtual_" + name);
    place(
        std::move(name), std::move(kind), std::make_unique<TerminalPort>(std::move(device), link));
    if (auto& wire = placed_.back().first.link) {
      wire->serial = settings;
    }
  }

  /// The instrument placed last is behind a Prologix.
  void behind_prologix(int gpib) {
    if (auto& wire = placed_.back().first.link) {
      wire->kind = LinkKind::Prologix;
      wire->gpib = gpib;
    }
  }

  std::vector<PlacedInstrument> take() { return std::move(placed_); }

 private:
  void place(std::string name, std::string kind, std::unique_ptr<VirtualPort> port) {
    DeviceEntry entry;
    entry.name = std::move(name);
    entry.kind = std::move(kind);
    entry.link = port->address();
    placed_.emplace_back(std::move(entry), std::move(port));
  }

  int next_port() {
    return options_.port_base == 0 ? 0 : options_.port_base + kFirstPort + used_++;
  }

  const VirtualStationOptions& options_;
  int used_ = 0;
  std::vector<PlacedInstrument> placed_;
};

}  // namespace

std::vector<PlacedInstrument> make_instruments(const VirtualStationOptions& options,
                                               const std::shared_ptr<BenchModel>& model) {
  const auto& faults = options.bench_faults;
  Bench bench{options};
  bench.tcp("generator",
            "tektronix_afg3000",
            std::make_unique<VirtualPrologix>(std::make_unique<VirtualGenerator>(model), kGpib));
  bench.behind_prologix(kGpib);
  bench.tcp("second_generator", "tektronix_afg3000", std::make_unique<VirtualGenerator>());
  bench.tcp("supply", "rigol_dp900", std::make_unique<VirtualSupply>(model));
  for (int number = 0; number < 2; ++number) {
    auto wheel = std::make_unique<VirtualWheel>(model, static_cast<std::size_t>(number));
    wheel->jam(holds(faults.jammed_wheels, number));
    bench.serial(
        "wheel" + std::to_string(number), "thorlabs_fw102c", std::move(wheel), {.baud = 115200});
  }
  auto thermometer = std::make_unique<VirtualThermometer>(model);
  for (const int channel : faults.silent_channels) {
    thermometer->silence(channel, true);
  }
  bench.serial("thermometer", "lutron_tm947sd", std::move(thermometer), {});
  auto chiller = std::make_unique<VirtualChiller>(model);
  chiller->set_remote(!faults.chiller_in_local);
  bench.serial("freezer",
               "julabo",
               std::move(chiller),
               {.baud = 4800, .data_bits = 7, .parity = Parity::Even, .flow_control = false});
  for (int first = 0; first < options.modules; first += kModulesPerPair) {
    bench.zero_mq(
        "field_hub" + std::to_string(first / kModulesPerPair),
        "field_hub",
        std::make_unique<VirtualFieldHub>(
            model,
            static_cast<std::size_t>(first),
            static_cast<std::size_t>(std::min(kModulesPerPair, options.modules - first))));
  }
  return bench.take();
}

}  // namespace fat
