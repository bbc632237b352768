// A plant's holding registers by Modbus TCP -> an instrument.
#include "devices/modbus_plant.hpp"

#include <algorithm>
#include <cerrno>
#include <cmath>
#include <exception>
#include <iterator>

#include <fmt/format.h>
#include <modbus/modbus.h>

#include "devices/link.hpp"
#include "fat/model/suggestion.hpp"

namespace fat {
namespace {

constexpr double kSameRegister = 1e-6;  // of a value: a float has seven digits

DeviceFault modbus_fault(int error) {
  if (error >= EMBXILFUN && error <= EMBXGTAR) {
    return DeviceFault::Refused;
  }
  switch (error) {
    case ETIMEDOUT:
      return DeviceFault::Timeout;
    case ECONNRESET:
    case EPIPE:
    case EBADF:
    case ENOTCONN:
      return DeviceFault::Closed;
    case ECONNREFUSED:
    case EHOSTUNREACH:
    case ENETUNREACH:
      return DeviceFault::Unreachable;
    default:
      return DeviceFault::Garbled;
  }
}

void set_modbus_timeout(modbus_t& plant, Microseconds timeout) {
  const auto seconds = std::chrono::duration_cast<std::chrono::seconds>(timeout);
  modbus_set_response_timeout(&plant,
                              static_cast<std::uint32_t>(seconds.count()),
                              static_cast<std::uint32_t>((timeout - seconds).count()));
}

}  // namespace

struct ModbusPlant::Connection {
  struct End {
    void operator()(modbus_t* plant) const {
      modbus_close(plant);
      modbus_free(plant);
    }
  };

  std::unique_ptr<modbus_t, End> plant;
  bool is_open = false;
};

ModbusPlant::ModbusPlant(PlantParts parts, PlantRegisters registers)
    : parts_(std::move(parts)),
      registers_(std::move(registers.rows)),
      lock_(parts_.clock, parts_.locks, make_link(parts_.address)->wire()) {
  if (!registers.problem.empty()) {
    fail(DeviceFault::Refused, "registers of station.ini: " + registers.problem);
  }
}

ModbusPlant::~ModbusPlant() = default;

std::string ModbusPlant::place() const {
  return fmt::format("{}:{}", parts_.address.host, parts_.address.port);
}

void ModbusPlant::fail(DeviceFault fault, const std::string& text) const {
  throw DeviceError{fault, parts_.device, text};
}

std::string ModbusPlant::identity() {
  make_ready();
  return fmt::format("Modbus unit {} at {}", parts_.unit, place());
}

std::vector<InstrumentQuantity> ModbusPlant::quantities() const {
  std::vector<InstrumentQuantity> all;
  std::ranges::transform(registers_, std::back_inserter(all), [](const PlantRegister& row) {
    return InstrumentQuantity{
        .name = row.name, .unit = row.unit, .inputs = 1, .settable = row.range};
  });
  return all;
}

const PlantRegister& ModbusPlant::find(const std::string& quantity, int input) const {
  const auto found = std::ranges::find(registers_, quantity, &PlantRegister::name);
  if (found == registers_.end()) {
    std::vector<std::string> known;
    std::ranges::transform(registers_, std::back_inserter(known), &PlantRegister::name);
    fail(DeviceFault::Refused,
         fmt::format("has no quantity '{}' but {}{}",
                     quantity,
                     fmt::join(known, ", "),
                     did_you_mean(quantity, known)));
  }
  if (input != 1) {
    fail(DeviceFault::Refused, fmt::format("has one {}, not {}", quantity, input));
  }
  return *found;
}

// One context for all connections: its requests never have the same number twice.
void ModbusPlant::make_context() {
  auto connection = std::make_unique<Connection>();
  connection->plant.reset(
      modbus_new_tcp_pi(parts_.address.host.c_str(), std::to_string(parts_.address.port).c_str()));
  if (!connection->plant) {
    fail(DeviceFault::Unreachable, fmt::format("{}: is no host and port", place()));
  }
  if (modbus_set_slave(connection->plant.get(), parts_.unit) != 0) {
    fail(DeviceFault::Refused, fmt::format("unit {} is not 0 to 247, or 255", parts_.unit));
  }
  connection_ = std::move(connection);
}

void ModbusPlant::make_ready() {
  if (!connection_) {
    make_context();
  }
  if (connection_->is_open) {
    return;
  }
  if (const auto taken = lock_.take(parts_.timeouts.lock); taken.fault) {
    fail(taken.fault.value_or(DeviceFault::Busy), fmt::format("{}: {}", place(), taken.why));
  }
  auto* const plant = connection_->plant.get();
  set_modbus_timeout(*plant, parts_.timeouts.connect);
  if (modbus_connect(plant) != 0) {
    const int error = errno;
    const auto fault = modbus_fault(error);
    lock_.release();
    fail(fault == DeviceFault::Garbled ? DeviceFault::Unreachable : fault,
         fmt::format("{}: connect: {}", place(), modbus_strerror(error)));
  }
  set_modbus_timeout(*plant, parts_.timeouts.first_byte);
  connection_->is_open = true;
}

void ModbusPlant::transact(const PlantRegister& row,
                           const char* what,
                           const std::function<int()>& request) {
  make_ready();
  modbus_flush(connection_->plant.get());  // what came unasked is thrown away
  const auto since = parts_.clock.now();
  if (request() >= 0) {
    return;
  }
  const int error = errno;
  const auto fault = modbus_fault(error);
  if (fault != DeviceFault::Refused) {
    release();
  }
  fail(fault,
       fmt::format("{}: {} {} (register {}): {}; took {}",
                   place(),
                   what,
                   row.name,
                   row.address,
                   modbus_strerror(error),
                   to_text(elapsed(since, parts_.clock.now()))));
}

std::vector<std::uint16_t> ModbusPlant::words_of(const PlantRegister& row) {
  std::vector<std::uint16_t> words(static_cast<std::size_t>(row.words()));
  const auto request = [&] {
    return modbus_read_registers(connection_->plant.get(), row.address, row.words(), words.data());
  };
  try {
    transact(row, "read", request);
  } catch (const DeviceError& error) {  // reading may be repeated, once
    if (error.fault() == DeviceFault::Refused || error.fault() == DeviceFault::Unreachable ||
        error.fault() == DeviceFault::Busy) {
      throw;
    }
    transact(row, "read", request);
  }
  return words;
}

double ModbusPlant::value_of(const PlantRegister& row) {
  const auto value = register_value(row, words_of(row));
  if (!value) {
    fail(DeviceFault::Refused,
         fmt::format("{} (register {}) holds no number", row.name, row.address));
  }
  return value.value_or(0);
}

double ModbusPlant::read(const std::string& quantity, int input) {
  return value_of(find(quantity, input));
}

void ModbusPlant::write(const PlantRegister& row, const std::vector<std::uint16_t>& words) {
  transact(row, "write", [&] {
    auto* const plant = connection_->plant.get();
    return words.size() == 1
               ? modbus_write_register(plant, row.address, words.front())
               : modbus_write_registers(plant, row.address, row.words(), words.data());
  });
}

// Where the answer to a write got lost, nobody knows whether it was heard: what reads back decides.
void ModbusPlant::set(const std::string& quantity, int input, double value) {
  const auto& row = find(quantity, input);
  if (!row.range) {
    fail(DeviceFault::Refused, fmt::format("{} can only be read", quantity));
  }
  const bool within = value >= row.range->low && value <= row.range->high;  // false of NaN
  if (!within) {
    fail(DeviceFault::Refused,
         fmt::format("{} = {:g} {} is not within {:g} and {:g} of station.ini: nothing was sent",
                     quantity,
                     value,
                     row.unit,
                     row.range->low,
                     row.range->high));
  }
  const auto before = row.form == RegisterForm::Bit ? words_of(row).front() : std::uint16_t{0};
  std::exception_ptr lost;
  try {
    write(row, register_words(row, value, before));
  } catch (const DeviceError& error) {
    if (error.fault() == DeviceFault::Refused) {
      throw;
    }
    lost = std::current_exception();
  }
  const auto found = value_of(row);
  const bool whole = row.words() == 1;
  if (std::abs(found - (whole ? std::round(value) : value)) <= kSameRegister * std::abs(value)) {
    return;
  }
  if (lost) {
    std::rethrow_exception(lost);
  }
  fail(DeviceFault::Refused,
       fmt::format("{} = {:g} was taken, but reads back as {:g}", quantity, value, found));
}

void ModbusPlant::make_safe() {
  std::exception_ptr first;
  for (const auto& row : registers_) {
    if (!row.safe) {
      continue;
    }
    try {
      set(row.name, 1, *row.safe);
    } catch (const DeviceError&) {
      first = first ? first : std::current_exception();
    }
  }
  if (first) {
    std::rethrow_exception(first);
  }
}

bool ModbusPlant::release() {
  if (connection_ && connection_->is_open) {
    modbus_close(connection_->plant.get());
    connection_->is_open = false;
  }
  lock_.release();
  return false;
}

}  // namespace fat
