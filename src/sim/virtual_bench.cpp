// The instruments of the virtual bench, each on its wire.
#include "sim/virtual_bench.hpp"

#include <algorithm>
#include <string>

#include <fmt/format.h>

#include "sim/bench_instruments.hpp"
#include "sim/high_voltage.hpp"
#include "sim/pressure_gauges.hpp"
#include "sim/scpi_instruments.hpp"
#include "sim/slow_instruments.hpp"
#include "sim/virtual_bus.hpp"
#include "sim/virtual_module.hpp"
#include "sim/virtual_plant.hpp"

namespace fat {
namespace {

constexpr int kGpib = 10;
constexpr int kModulesPerPair = 4;
constexpr int kCaenChannels = 4, kDesktopChannels = 8;
constexpr int kMksAddress = 253;
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

  /// The instrument placed last is read by a program.
  void behind_a_program() {
    if (auto& wire = placed_.back().first.link) {
      *wire = {.kind = LinkKind::Command,
               .words = {"bash",
                         "-c",
                         fmt::format("exec 3<>/dev/tcp/127.0.0.1/{} && echo read >&3 && "
                                     "IFS= read -r line <&3 && echo \"$line\"",
                                     wire->port)}};
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

/// One of each kind that no module needs.
void place_slow_control(Bench& bench, double speed) {
  bench.tcp("source_meter", "keithley_2400", std::make_unique<VirtualSourceMeter>());
  bench.serial("cold_thermometer",
               "lakeshore_218",
               std::make_unique<VirtualLakeShore>(),
               {.data_bits = 7, .parity = Parity::Odd});
  bench.serial("chiller", "lauda", std::make_unique<VirtualLauda>(speed), {});
  bench.tcp("high_voltage", "caen_n1470", std::make_unique<VirtualCaen>(0, kCaenChannels, speed));
  bench.serial("desktop_high_voltage",
               "caen_dt8033",
               std::make_unique<VirtualCaen>(std::nullopt, kDesktopChannels, speed),
               {.baud = 9600});
  using Wire = VirtualSpellman::Wire;
  bench.tcp("tube_supply", "spellman_xrv", std::make_unique<VirtualSpellman>(Wire::Network, 98));
  bench.serial(
      "drift_supply", "spellman_slm", std::make_unique<VirtualSpellman>(Wire::Serial, 99), {});
  bench.serial("vacuum", "pfeiffer_tpg", std::make_unique<VirtualPfeiffer>(), {});
  bench.serial("fore_vacuum", "mks_937b", std::make_unique<VirtualMks>(kMksAddress), {});
  bench.tcp("plant", "modbus_plant", std::make_unique<VirtualPlant>());
  bench.serial("gauge", "streaming_gauge", std::make_unique<VirtualStreamingGauge>(), {});
}

/// What the reference's AD7124 makes of a Pt100 (IEC 60751), as counts.
std::uint32_t platinum_counts(double kelvin) {
  constexpr double a = 3.9083e-3, b = -5.775e-7, c = -4.183e-12;
  constexpr double low_ohm = 42.94, low_counts = 4771132, high_ohm = 91.02, high_counts = 10118174;
  const double celsius = kelvin - 273.15;
  const double below = celsius < 0 ? c * (celsius - 100) * celsius * celsius * celsius : 0;
  const double ohm = 100 * (1 + (a * celsius) + (b * celsius * celsius) + below);
  const double part = (ohm - low_ohm) / (high_ohm - low_ohm);
  return static_cast<std::uint32_t>(low_counts + (part * (high_counts - low_counts)));
}

/// The cryostat's own electronics (reference 1.1): an empty vessel, pumped, high voltage on.
void place_cryostat(Bench& bench, const std::shared_ptr<BenchModel>& model) {
  auto level = std::make_unique<VirtualAd7746>();
  level->counts = 11'440'000;
  bench.tcp("level", "ad7746", std::make_unique<VirtualBus>(std::move(level), model->speed));
  auto plates = std::make_unique<VirtualAd7124>();
  auto& sensors = *plates;
  bench.tcp("plates",
            "ad7124",
            std::make_unique<VirtualBus>(
                std::move(plates), model->speed, [model, &sensors](Microseconds now) {
                  const auto time = model->hours(now);
                  const double top = model->cryostat.top(time);
                  const double bottom = model->cryostat.bottom(time);
                  for (std::size_t place = 0; place < sensors.counts.size(); ++place) {
                    const auto height = static_cast<double>(place) / 5;  // 0: bottom, 1: top plate
                    sensors.counts.at(place) = platinum_counts(bottom + (height * (top - bottom)));
                  }
                }));
  auto vacuum = std::make_unique<VirtualAds1115>();
  vacuum->counts = {8000, 0, 0, 0};  // 3.7 V of the gauge
  bench.tcp("wide_range",
            "edwards_wrg200",
            std::make_unique<VirtualBus>(std::move(vacuum), model->speed));
  auto monitor = std::make_unique<VirtualAds1115>();
  monitor->counts = {3000, 1600, 6400, 1600};
  bench.tcp("monitor",
            "spellman_monitor",
            std::make_unique<VirtualBus>(std::move(monitor), model->speed));
}

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
  bench.tcp("humidity", "humidity_command", std::make_unique<VirtualHumidity>(model));
  bench.behind_a_program();
  place_slow_control(bench, options.speed);
  auto board = module_identity(options.seed, options.modules);
  board.serial = "tabletop board";
  bench.tcp("tabletop",
            "iceboot_board",
            std::make_unique<VirtualModule>(std::move(board),
                                            VirtualModuleOptions{},
                                            model,
                                            static_cast<std::size_t>(options.modules)));
  for (int first = 0; first < options.modules; first += kModulesPerPair) {
    bench.zero_mq(
        "field_hub" + std::to_string(first / kModulesPerPair),
        "field_hub",
        std::make_unique<VirtualFieldHub>(
            model,
            static_cast<std::size_t>(first),
            static_cast<std::size_t>(std::min(kModulesPerPair, options.modules - first))));
  }
  place_cryostat(bench, model);
  return bench.take();
}

}  // namespace fat
