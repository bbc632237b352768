// A link's address -> the link.
#include "devices/link.hpp"
#include "devices/process_link.hpp"
#include "devices/prologix_link.hpp"
#include "devices/serial_link.hpp"
#include "devices/tcp_link.hpp"
#include "devices/zero_mq_link.hpp"

namespace fat {

std::unique_ptr<Link> make_link(const LinkAddress& address, LinkWait* wait) {
  switch (address.kind) {
    case LinkKind::Tcp:
      return std::make_unique<TcpLink>(address.host, address.port, wait);
    case LinkKind::Serial:
      return std::make_unique<SerialLink>(address.path, address.serial, wait);
    case LinkKind::Prologix:
      return std::make_unique<PrologixLink>(address.host, address.port, address.gpib, wait);
    case LinkKind::ZeroMq:
      return std::make_unique<ZeroMqLink>(address.host, address.port);
    case LinkKind::Command:
      return std::make_unique<ProcessLink>(address.words);
  }
  return nullptr;
}

}  // namespace fat
