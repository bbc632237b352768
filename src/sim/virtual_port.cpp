// Wires of the virtual station: TCP ports and pseudo-terminals.
#include "sim/virtual_port.hpp"

#include <array>
#include <cerrno>
#include <system_error>
#include <utility>

#include <arpa/inet.h>
#include <fcntl.h>
#include <pty.h>
#include <sys/socket.h>
#include <termios.h>
#include <unistd.h>

namespace fat {
namespace {

constexpr std::size_t kMaxUnsent = 64U << 10U;  // a client that does not read is not read from

[[noreturn]] void fail(const std::string& what) {
  throw std::system_error{errno, std::generic_category(), what};
}

OwnedFd bound_to(int port) {
  OwnedFd listener{::socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0)};
  const int yes = 1;
  ::setsockopt(listener.get(), SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(static_cast<std::uint16_t>(port));
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  // The socket interface takes every kind of address through one pointer type.
  const auto* generic = reinterpret_cast<const sockaddr*>(&address);
  if (!listener || ::bind(listener.get(), generic, sizeof address) != 0) {
    fail("cannot listen on 127.0.0.1:" + std::to_string(port));
  }
  return listener;
}

int port_of(const OwnedFd& socket) {
  sockaddr_in address{};
  socklen_t size = sizeof address;
  if (::getsockname(socket.get(), reinterpret_cast<sockaddr*>(&address), &size) != 0) {
    fail("cannot name a port");
  }
  return ntohs(address.sin_port);
}

}  // namespace

TcpPort::TcpPort(std::unique_ptr<VirtualDevice> device, int port, bool listens)
    : VirtualPort(std::move(device)),
      listener_(bound_to(port)),
      port_(port_of(listener_)),
      listens_(listens) {
  if (listens_ && ::listen(listener_.get(), 16) != 0) {
    fail("cannot listen on 127.0.0.1:" + std::to_string(port_));
  }
}

LinkAddress TcpPort::address() const {
  return {.kind = LinkKind::Tcp, .host = "127.0.0.1", .port = port_};
}

pollfd TcpPort::wanted() const {
  if (!client_) {
    return {.fd = listens_ ? listener_.get() : -1, .events = POLLIN, .revents = 0};
  }
  const bool reads = unsent_.size() < kMaxUnsent && !device().is_busy();
  const int events = (reads ? POLLIN : 0) | (unsent_.empty() ? 0 : POLLOUT);
  return {.fd = client_.get(), .events = static_cast<short>(events), .revents = 0};
}

void TcpPort::handle(int events, Microseconds now) {
  if (!client_ && (events & POLLIN) != 0) {
    client_ = OwnedFd{::accept4(listener_.get(), nullptr, nullptr, SOCK_NONBLOCK | SOCK_CLOEXEC)};
  } else if (client_ && (events & (POLLIN | POLLHUP | POLLERR)) != 0) {
    read(now);
  }
  const auto output = device().take_output(now);
  const bool hangs_up = device().hangs_up();
  if (!client_) {
    return;  // as on the real bridge: said to nobody
  }
  unsent_ += output;
  write();
  if (hangs_up) {
    disconnect();
  }
}

void TcpPort::read(Microseconds now) {
  std::array<char, 4096> bytes{};
  const auto count = ::recv(client_.get(), bytes.data(), bytes.size(), 0);
  if (count > 0) {
    device().receive({bytes.data(), static_cast<std::size_t>(count)}, now);
  } else if (count == 0 || (errno != EAGAIN && errno != EINTR)) {
    disconnect();
  }
}

void TcpPort::write() {
  if (unsent_.empty()) {
    return;
  }
  const auto count =
      ::send(client_.get(), unsent_.data(), unsent_.size(), MSG_NOSIGNAL | MSG_DONTWAIT);
  if (count > 0) {
    unsent_.erase(0, static_cast<std::size_t>(count));
  } else if (count < 0 && errno != EAGAIN && errno != EINTR) {
    disconnect();
  }
}

void TcpPort::disconnect() {
  client_.reset();
  unsent_.clear();
  device().client_left();
}

TerminalPort::TerminalPort(std::unique_ptr<VirtualDevice> device, std::filesystem::path name)
    : VirtualPort(std::move(device)), name_(std::move(name)) {
  open();
}

TerminalPort::~TerminalPort() {
  std::error_code ignored;
  if (!name_.empty()) {
    std::filesystem::remove(name_, ignored);
  }
}

// Our own end stays open too: without anybody at it the other one would report a hang-up for ever.
void TerminalPort::open() {
  int master = -1, slave = -1;
  std::array<char, 100> path{};
  termios raw{};
  ::cfmakeraw(&raw);
  if (::openpty(&master, &slave, path.data(), &raw, nullptr) != 0) {
    fail("cannot make a pseudo-terminal");
  }
  OwnedFd new_master{master}, new_slave{slave};
  for (const int one : {master, slave}) {
    ::fcntl(one, F_SETFD, FD_CLOEXEC);
    ::fcntl(one, F_SETFL, O_NONBLOCK);
  }
  path_ = path.data();
  if (!name_.empty()) {  // before the old terminal goes: who loses it finds the new one at once
    auto other = name_;
    other += ".new";
    std::error_code ignored;
    std::filesystem::remove(other, ignored);
    std::filesystem::create_symlink(path_, other);
    std::filesystem::rename(other, name_);
  }
  master_ = std::move(new_master);
  slave_ = std::move(new_slave);
}

LinkAddress TerminalPort::address() const {
  return {.kind = LinkKind::Serial, .path = name_.empty() ? path_ : name_.string()};
}

pollfd TerminalPort::wanted() const {
  return {.fd = master_.get(),
          .events = static_cast<short>(device().is_busy() ? 0 : POLLIN),
          .revents = 0};
}

void TerminalPort::handle(int events, Microseconds now) {
  std::array<char, 4096> bytes{};
  if ((events & POLLIN) != 0) {
    const auto count = ::read(master_.get(), bytes.data(), bytes.size());
    if (count > 0) {
      device().receive({bytes.data(), static_cast<std::size_t>(count)}, now);
    }
  }
  const auto output = device().take_output(now);
  if (!output.empty() && ::write(master_.get(), output.data(), output.size()) < 0 &&
      errno != EAGAIN) {
    fail("cannot write to a pseudo-terminal");
  }
  if (device().hangs_up()) {
    open();  // pulled out; the next who opens it finds it again
  }
}

}  // namespace fat
