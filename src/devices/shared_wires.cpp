// The wires of the process that speaks to a bench for everybody -> turns on them.
#include "fat/devices/shared_wires.hpp"

#include <utility>

#include "devices/shared_wire.hpp"
#include "fat/ports/device_error.hpp"

namespace fat {

namespace {

struct EndOfTurn {
  explicit EndOfTurn(SharedWire& its_wire) : wire(its_wire) {}

  ~EndOfTurn() { wire.end(); }

  EndOfTurn(const EndOfTurn&) = delete;
  EndOfTurn& operator=(const EndOfTurn&) = delete;

  SharedWire& wire;
};

}  // namespace

SharedWires::SharedWires(const Clock& clock, LinkLocks locks)
    : clock_(clock), locks_(std::move(locks)) {}

SharedWires::~SharedWires() = default;

std::unique_ptr<Link> SharedWires::part(const std::string& device,
                                        const LinkAddress& address,
                                        WireUser user) {
  std::unique_lock lock{mutex_};
  auto& wire = by_device_[device];
  if (!wire) {
    const auto name = make_link(address)->wire();
    auto& shared = by_wire_[name];
    if (!shared) {
      shared = std::make_shared<SharedWire>(clock_, locks_, name);
    }
    wire = shared;
  }
  const auto found = wire;
  lock.unlock();
  return std::make_unique<WirePart>(found, found->join(device, address), user);
}

std::shared_ptr<SharedWire> SharedWires::wire_of(const std::string& device) {
  const std::lock_guard lock{mutex_};
  const auto found = by_device_.find(device);
  return found == by_device_.end() ? nullptr : found->second;
}

void SharedWires::in_one_turn(const std::string& device,
                              Microseconds patience,
                              const std::function<void()>& work) {
  const auto wire = wire_of(device);
  if (!wire) {
    work();
    return;
  }
  if (const auto begun = wire->begin(WireUser::Owner, patience); begun.fault) {
    throw DeviceError{*begun.fault, device, begun.why};
  }
  const EndOfTurn end{*wire};
  work();
}

void SharedWires::let_go(const std::string& device, Microseconds patience) {
  in_one_turn(device, patience, [&] {
    if (const auto wire = wire_of(device)) {
      wire->close(device);
    }
  });
}

}  // namespace fat
