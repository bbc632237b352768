// Turns on one wire, and the links to the devices on it, each open at most once.
#include "devices/shared_wire.hpp"

#include <algorithm>
#include <utility>

#include <fmt/format.h>

#include "devices/descriptor_io.hpp"

namespace fat {

namespace {

constexpr auto kLookAgain = std::chrono::milliseconds{10};

Exchange closed_by_another() {
  return link_failure(DeviceFault::Closed, "another user of this link has closed it");
}

Exchange no_turn() {
  return link_failure(DeviceFault::Busy, "it is not one's turn on this wire");
}

}  // namespace

SharedWire::SharedWire(const Clock& clock, LinkLocks locks, const std::string& wire)
    : clock_(clock), lock_(clock, std::move(locks), wire) {}

SharedWire::~SharedWire() = default;

SharedWire::Line& SharedWire::join(const std::string& device, const LinkAddress& address) {
  const std::lock_guard lock{mutex_};
  auto& line = lines_[device];
  if (!line.link) {
    line.link = make_link(address);
  }
  ++line.parts;
  return line;
}

void SharedWire::leave(Line& line) {
  const std::lock_guard lock{mutex_};
  if (--line.parts == 0) {
    close_locked(line);
  }
}

Exchange SharedWire::begin(WireUser user, Microseconds patience) {
  std::unique_lock lock{mutex_};
  if (depth_ > 0 && holder_ == std::this_thread::get_id()) {
    ++depth_;
    return {};
  }
  const auto ticket = queue_.join(user);
  const bool came = bell_.wait_for(lock, patience, [&] { return queue_.may_begin(user, ticket); });
  if (!came) {
    queue_.leave(user, ticket);
    bell_.notify_all();  // for whoever gave way to this one
    return link_failure(
        DeviceFault::Busy,
        fmt::format("{} speaks on this wire; not free within {}",
                    queue_.last() == WireUser::Owner ? "the station process" : "another task",
                    to_text(patience)));
  }
  queue_.begin(user, ticket);
  holder_ = std::this_thread::get_id();
  depth_ = 1;
  patience_ = patience;
  return {};
}

void SharedWire::end() {
  const std::lock_guard lock{mutex_};
  if (--depth_ == 0) {
    queue_.end();
    bell_.notify_all();
  }
}

bool SharedWire::is_my_turn() const {
  const std::lock_guard lock{mutex_};
  return depth_ > 0 && holder_ == std::this_thread::get_id();
}

/// Others may wait for their turn, or leave, while another process holds the wire.
Exchange SharedWire::lock_against_processes(std::unique_lock<std::mutex>& lock) {
  const auto deadline = clock_.now().boot + patience_;
  auto taken = lock_.take(Microseconds{0});
  while (taken.fault && clock_.now().boot < deadline) {
    lock.unlock();
    std::this_thread::sleep_for(kLookAgain);
    lock.lock();
    taken = lock_.take(Microseconds{0});
  }
  return taken;
}

Exchange SharedWire::open(Line& line, Microseconds timeout) {
  std::unique_lock lock{mutex_};
  for (auto& [name, other] : lines_) {
    close_locked(other);
  }
  if (auto taken = lock_against_processes(lock); taken.fault) {
    return taken;
  }
  lock.unlock();
  auto result = line.link->open(timeout);
  lock.lock();
  line.is_open = !result.fault;
  line.opened += line.is_open ? 1 : 0;
  if (!line.is_open) {
    lock_.release();
  }
  return result;
}

void SharedWire::close(Line& line) {
  const std::lock_guard lock{mutex_};
  close_locked(line);
}

void SharedWire::close(const std::string& device) {
  const std::lock_guard lock{mutex_};
  if (const auto line = lines_.find(device); line != lines_.end()) {
    close_locked(line->second);
  }
}

void SharedWire::close_locked(Line& line) {
  if (std::exchange(line.is_open, false)) {
    line.link->close();
  }
  if (std::ranges::none_of(lines_, [](const auto& one) { return one.second.is_open; })) {
    lock_.release();
  }
}

bool WirePart::is_open() const {
  return line_.is_open && opened_ == line_.opened;
}

Exchange WirePart::open(Microseconds timeout) {
  if (!wire_->is_my_turn()) {
    return no_turn();
  }
  if (line_.is_open && opened_ != line_.opened) {
    opened_ = line_.opened;
    return {};
  }
  auto result = wire_->open(line_, timeout);
  opened_ = result.fault ? 0 : line_.opened;
  return result;
}

void WirePart::close() {
  if (wire_->is_my_turn() && is_open()) {
    wire_->close(line_);
  }
  opened_ = 0;
}

std::optional<Exchange> WirePart::why_not() const {
  if (!wire_->is_my_turn()) {
    return no_turn();
  }
  return is_open() ? std::nullopt : std::optional{closed_by_another()};
}

Exchange WirePart::send(std::string_view bytes, Microseconds timeout) {
  const auto why = why_not();
  return why ? *why : line_.link->send(bytes, timeout);
}

Exchange WirePart::request_reply(Microseconds timeout) {
  const auto why = why_not();
  return why ? *why : line_.link->request_reply(timeout);
}

std::optional<Exchange> WirePart::free_panel(Microseconds timeout) {
  const auto why = why_not();
  return why ? why : line_.link->free_panel(timeout);
}

Exchange WirePart::receive(Microseconds timeout) {
  const auto why = why_not();
  return why ? *why : line_.link->receive(timeout);
}

}  // namespace fat
