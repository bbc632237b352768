// Seed and number of a virtual module -> plausible serials and ids.
#include "fat/sim/module_identity.hpp"

#include <fmt/format.h>

#include "sim/random.hpp"

namespace fat {
namespace {

PmtIdentity pmt_identity(Random& random, int number) {
  PmtIdentity pmt;
  pmt.serial = fmt::format("SQ{:04}", 500 + number);
  pmt.hv_board = fmt::format("HVB{:03}", 20 + number);
  pmt.hv_for_1e7_gain = 1400 + (250 * random.uniform());
  pmt.spe_peak_height = 0.0035 + (0.0002 * random.uniform());
  Random copy{random};  // what one seed gave so far stays as it was
  Random further{~copy.next()};
  pmt.gain_exponent = 6.4 + (0.9 * further.uniform());
  pmt.dark_cold = 500 + (500 * further.uniform());
  pmt.dark_warm = 700 + (800 * further.uniform());
  pmt.light = 80 + (40 * further.uniform());
  pmt.pedestal = (30 * further.uniform()) - 15;
  return pmt;
}

}  // namespace

ModuleIdentity module_identity(std::uint32_t seed, int number) {
  Random random{(std::uint64_t{seed} << 32U) | static_cast<std::uint32_t>(number)};
  ModuleIdentity identity;
  identity.serial = fmt::format("DEgg2021-3-{:03}", 101 + number);
  const auto flash_end = random.next();  // each in a statement of its own: arguments have no order
  identity.flash_id = fmt::format("{:016x}{:016x}", random.next(), flash_end);
  identity.icm_id = fmt::format("{:016x}", random.next());
  identity.mcu_id = fmt::format("{:024x}", random.next());
  identity.fpga_chip_id = fmt::format("{:016x}", random.next());
  identity.mainboard = fmt::format("4.1-{:03}", 200 + number);
  identity.lower = pmt_identity(random, 2 * number);
  identity.upper = pmt_identity(random, (2 * number) + 1);
  return identity;
}

}  // namespace fat
