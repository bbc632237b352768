// libmosquitto -> a client that is freed, and whom it trusts. Private: only .cpp files include it.
#pragma once

#include <memory>
#include <string>

#include <mosquitto.h>

#include "people/mqtt_address.hpp"

namespace fat {

struct DestroyClient {
  void operator()(mosquitto* client) const noexcept { mosquitto_destroy(client); }
};

using MosquittoClient = std::unique_ptr<mosquitto, DestroyClient>;

/// Its callbacks get `self`. Empty: there is no memory for one.
MosquittoClient make_mosquitto_client(void* self);

/// A broker spoken to by TLS is one whom this machine's certificates vouch for. "" when that can be
/// asked of them.
std::string trust_this_machine(mosquitto* client, const BrokerAddress& broker);

}  // namespace fat
