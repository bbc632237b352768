#include "people/mqtt_library.hpp"

namespace fat {

MosquittoClient make_mosquitto_client(void* self) {
  static const int begun = mosquitto_lib_init();
  static_cast<void>(begun);
  return MosquittoClient{mosquitto_new(nullptr, true, self)};
}

std::string trust_this_machine(mosquitto* client, const BrokerAddress& broker) {
  if (!broker.tls) {
    return {};
  }
  const int set = mosquitto_tls_set(client, nullptr, "/etc/ssl/certs", nullptr, nullptr, nullptr);
  return set == MOSQ_ERR_SUCCESS
             ? std::string{}
             : "the certificates of this machine (/etc/ssl/certs) cannot be used";
}

}  // namespace fat
