// Bytes from a client -> bytes to it.
#include "sim/virtual_device.hpp"

#include <algorithm>

namespace fat {
namespace {

constexpr std::size_t kMaxPartial = 4096;
constexpr std::size_t kEndless = 1U << 20U;

}  // namespace

void VirtualDevice::receive(std::string_view bytes, Microseconds now) {
  for (const char byte : bytes) {
    if (partial_.size() < kMaxPartial || byte == line_end_) {
      partial_ += byte;
    }
    if (auto line = take_line(partial_)) {
      lines_.push_back(std::move(*line));
    }
  }
  step(now);
}

std::optional<std::string> VirtualDevice::take_line(std::string& partial) const {
  if (!partial.ends_with(line_end_)) {
    return std::nullopt;
  }
  auto line = std::exchange(partial, {});
  line.pop_back();
  if (line_end_ == '\n' && line.ends_with('\r')) {
    line.pop_back();
  }
  return line;
}

std::string VirtualDevice::take_output(Microseconds now) {
  step(now);
  return std::exchange(output_, {});
}

std::optional<Microseconds> VirtualDevice::next_due() const {
  return pending_ ? std::optional{pending_->due} : next_push();  // what it says unasked waits, too
}

void VirtualDevice::push_when_due(Microseconds now) {
  const auto due = next_push();
  if (!due || *due > now || pending_) {
    return;
  }
  const auto fault = take_fault();
  auto bytes = push();
  if (!swallows(fault)) {
    answer({std::move(bytes), -latency_}, fault, now);
  }
}

void VirtualDevice::step(Microseconds now) {
  while (true) {
    push_when_due(now);
    if (pending_ && pending_->due > now) {
      return;
    }
    if (pending_) {
      output_ += pending_->bytes;
      pending_.reset();
    }
    if (lines_.empty()) {
      return;
    }
    const auto line = std::move(lines_.front());
    lines_.pop_front();
    if (const auto fault = take_fault(); !swallows(fault)) {
      answer(execute(line, now), fault, now);
    }
  }
}

bool VirtualDevice::swallows(const std::optional<FaultScript>& fault) {
  const bool closes = fault && fault->fault == LinkFault::Close;
  hang_up_ = hang_up_ || closes;
  return closes || (fault && fault->fault == LinkFault::Mute);
}

void VirtualDevice::answer(Answer answer,
                           const std::optional<FaultScript>& fault,
                           Microseconds now) {
  if (answer.bytes.empty()) {
    return;
  }
  Pending reply{now + latency_ + answer.after, std::move(answer.bytes)};
  if (fault) {
    spoil(*fault, reply);
  }
  pending_ = std::move(reply);
}

std::optional<FaultScript> VirtualDevice::take_fault() {
  if (!fault_ || fault_->times == 0) {
    return std::nullopt;
  }
  if (fault_->skip > 0) {
    --fault_->skip;
    return std::nullopt;
  }
  if (fault_->times > 0) {
    --fault_->times;
  }
  return fault_;
}

void VirtualDevice::spoil(const FaultScript& fault, Pending& reply) {
  auto& bytes = reply.bytes;
  switch (fault.fault) {
    case LinkFault::Mute:
    case LinkFault::Close:
      return;
    case LinkFault::Late:
      reply.due += fault.delay;
      return;
    case LinkFault::HalfReply:
      bytes.resize(bytes.size() / 2);
      return;
    case LinkFault::Garbled: {
      auto& byte = bytes[bytes.size() / 2];
      byte = static_cast<char>(~static_cast<unsigned char>(byte));
      return;
    }
    case LinkFault::Duplicate:
      bytes += bytes;
      return;
    case LinkFault::Endless:
      bytes.append(kEndless, 'x');
      return;
  }
}

}  // namespace fat
