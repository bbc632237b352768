// Run JSON and module JSONs of a virtual run, in the original's schema (reference 1b).
#include "fat/sim/virtual_run.hpp"

#include <cerrno>
#include <cmath>
#include <system_error>

#include <fcntl.h>
#include <fmt/format.h>
#include <nlohmann/json.hpp>
#include <unistd.h>

#include "fat/model/owned_fd.hpp"
#include "fat/model/run_paths.hpp"
#include "fat/sim/module_identity.hpp"

namespace fat {
namespace {

using Json = nlohmann::ordered_json;
using std::filesystem::path;

double rounded(double value, double step) {
  return std::round(value / step) * step;
}

Json pmt_json(const PmtIdentity& pmt) {
  return {{"SerialNumber", pmt.serial},
          {"HVB", pmt.hv_board},
          {"HV1e7Gain", rounded(pmt.hv_for_1e7_gain, 0.125)},
          {"HV1e7GainDefault", 1500},
          {"BaselineFilename", "None"},
          {"SPEPeakHeight", pmt.spe_peak_height}};
}

Json module_json(const ModuleIdentity& identity, int number, int port) {
  return {{"DEggSerialNumber", identity.serial},
          {"UpperGlassSerialNumber", fmt::format("U{:04}", 200 + number)},
          {"LowerGlassSerialNumber", fmt::format("L{:04}", 200 + number)},
          {"UpperGlass", "Okamoto"},
          {"LowerGlass", "Okamoto"},
          {"UpperPmt", pmt_json(identity.upper)},
          {"LowerPmt", pmt_json(identity.lower)},
          {"PenetratorType", -1},
          {"PenetratorNumber", fmt::format("P{:03}", number)},
          {"SealingDate", "2021-06-01"},
          {"ArrivalDate", "2021-07-01"},
          {"flashID", -1},
          {"ICMID", identity.icm_id},
          {"fpgaVersion", identity.fpga_version},
          {"IcebootVersion", identity.iceboot_version},
          {"BoxNumber", fmt::format("R-B-{}", number + 1)},
          {"Port", port},
          {"ICM", fmt::format("{}", number)},
          {"FlasherID", fmt::format("F{:03}", number)},
          {"MainboardNumber", identity.mainboard},
          {"ElectricalInspectionNME", fmt::format("NME{:03}", number)},
          {"FlasherNumber", fmt::format("{}", 300 + number)},
          {"CameraNumber", fmt::format("{}", 400 + number)},
          {"Constants",
           {{"Samples", 128},
            {"AdcMin", 7600},
            {"AdcRange", 9000},
            {"Events", 10000},
            {"DacValue", 30000}}}};
}

void write_new(const path& file, const Json& json) {
  const auto text = json.dump(4, ' ', true);
  const OwnedFd descriptor{::open(file.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666)};
  const auto size = static_cast<ssize_t>(text.size());
  if (!descriptor || ::write(descriptor.get(), text.data(), text.size()) != size ||
      ::fsync(descriptor.get()) != 0) {
    throw std::system_error{errno, std::generic_category(), "cannot write " + file.string()};
  }
}

}  // namespace

path write_virtual_run(const VirtualRun& run) {
  const auto name = fmt::format("run_{:05}", run.run);
  const auto folder = run.runs_folder / name;
  const auto run_file = run.runs_folder / "run" / (name + ".json");
  std::filesystem::create_directories(folder);
  std::filesystem::create_directories(run_file.parent_path());
  auto json = Json::object();
  for (std::size_t i = 0; i < run.ports.size(); ++i) {
    const auto number = static_cast<int>(i);
    const auto identity = module_identity(run.seed, number);
    const auto file = folder / (identity.serial + ".json");
    write_new(file, module_json(identity, number, run.ports[i]));
    json[identity.serial] = as_written(file, run.station_folder);
  }
  json["comment"] = run.comment.empty() ? "VIRTUAL" : "VIRTUAL: " + run.comment;
  json["date"] = run.date;
  write_new(run_file, json);
  return run_file;
}

}  // namespace fat
