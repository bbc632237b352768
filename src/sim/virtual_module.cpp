// Bytes from a client -> bytes to it.
#include "sim/virtual_module.hpp"

namespace fat {
namespace {

constexpr std::size_t kMaxPartial = 4096;
constexpr std::size_t kEndless = 1U << 20U;
constexpr std::string_view kPrompt = "> ";

}  // namespace

VirtualModule::VirtualModule(ModuleIdentity identity,
                             const VirtualModuleOptions& options,
                             double speed)
    : latency_(options.latency),
      speed_(speed),
      model_(std::move(identity), options),
      fault_(options.fault) {
  define_module_words(forth_, model_, board_);
}

void VirtualModule::receive(std::string_view bytes, Microseconds now) {
  for (const char byte : bytes) {
    if (byte == '\n') {
      if (partial_.ends_with('\r')) {
        partial_.pop_back();
      }
      lines_.push_back(std::exchange(partial_, {}));
    } else if (partial_.size() < kMaxPartial) {
      partial_ += byte;
    }
  }
  step(now);
}

std::string VirtualModule::take_output(Microseconds now) {
  step(now);
  return std::exchange(output_, {});
}

std::optional<Microseconds> VirtualModule::next_due() const {
  return pending_ ? std::optional{pending_->due} : std::nullopt;
}

void VirtualModule::step(Microseconds now) {
  while (true) {
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
    execute(line, now);
  }
}

void VirtualModule::execute(const std::string& line, Microseconds now) {
  const auto fault = take_fault();
  if (fault && (fault->fault == LinkFault::Mute || fault->fault == LinkFault::Close)) {
    hang_up_ = fault->fault == LinkFault::Close;
    return;
  }
  const bool echo = board_.echo;
  board_.now = std::chrono::duration_cast<Microseconds>(now * speed_);
  board_.rebooted = false;
  const auto printed = forth_.interpret(line);
  if (board_.rebooted) {
    return;
  }
  Pending reply{now + latency_, echo ? line + "\r\n" : ""};
  reply.bytes += printed;
  if (reply.bytes.empty()) {
    reply.bytes = "\r\n";
  }
  reply.bytes += kPrompt;
  if (fault) {
    spoil(*fault, reply);
  }
  pending_ = std::move(reply);
}

std::optional<FaultScript> VirtualModule::take_fault() {
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

void VirtualModule::spoil(const FaultScript& fault, Pending& reply) {
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
