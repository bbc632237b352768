// A plant's holding registers by Modbus TCP -> an instrument.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "devices/link_lock.hpp"
#include "devices/modbus_registers.hpp"
#include "fat/model/link_address.hpp"
#include "fat/ports/device_error.hpp"
#include "fat/ports/instrument.hpp"

namespace fat {

struct PlantParts {
  const Clock& clock;  ///< must outlive the plant
  std::string device;
  LinkAddress address;  ///< Tcp
  int unit = 255;
  LinkTimeouts timeouts;  ///< `first_byte` is the whole answer's
  LinkLocks locks;
};

/// Each request has a number of its own, so a late answer is none. After any failure but a refusal
/// the connection is made anew.
class ModbusPlant : public Instrument {
 public:
  /// Throws DeviceError{Refused} when the registers have a problem.
  ModbusPlant(PlantParts parts, PlantRegisters registers);
  ~ModbusPlant() override;

  std::string identity() override;
  std::vector<InstrumentQuantity> quantities() const override;
  double read(const std::string& quantity, int input) override;
  void set(const std::string& quantity, int input, double value) override;
  void make_safe() override;
  bool release() override;

 private:
  struct Connection;

  const PlantRegister& find(const std::string& quantity, int input) const;
  void make_context();
  void make_ready();
  std::vector<std::uint16_t> words_of(const PlantRegister& row);
  double value_of(const PlantRegister& row);
  void write(const PlantRegister& row, const std::vector<std::uint16_t>& words);
  /// Runs it; -1 of it is a failure, and errno says which.
  void transact(const PlantRegister& row, const char* what, const std::function<int()>& request);
  [[noreturn]] void fail(DeviceFault fault, const std::string& text) const;
  std::string place() const;

  PlantParts parts_;
  std::vector<PlantRegister> registers_;
  LinkLock lock_;
  std::unique_ptr<Connection> connection_;
};

}  // namespace fat
