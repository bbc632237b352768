// One object of an SNMP agent -> its value, read or set.
#include "devices/snmp_client.hpp"

#include <memory>

// net-snmp wants its configuration first.
#include <net-snmp/net-snmp-config.h>
#include <net-snmp/net-snmp-includes.h>

namespace fat {
namespace {

struct EndSession {
  void operator()(void* session) const { snmp_sess_close(session); }
};

struct EndAnswer {
  void operator()(netsnmp_pdu* answer) const { snmp_free_pdu(answer); }
};

SnmpAnswer snmp_failed(DeviceFault fault, std::string why) {
  return {{fault, std::move(why), {}}, {}};
}

/// It reads no files of the user, and writes none.
void keep_snmp_to_itself() {
  netsnmp_ds_set_boolean(NETSNMP_DS_LIBRARY_ID, NETSNMP_DS_LIB_DONT_READ_CONFIGS, 1);
  netsnmp_ds_set_boolean(NETSNMP_DS_LIBRARY_ID, NETSNMP_DS_LIB_DONT_PERSIST_STATE, 1);
  snmp_disable_log();
}

netsnmp_pdu* request_of(const SnmpRequest& request) {
  auto* const pdu = snmp_pdu_create(request.set_to ? SNMP_MSG_SET : SNMP_MSG_GET);
  const std::vector<oid> object(request.object.begin(), request.object.end());
  if (!request.set_to) {
    snmp_add_null_var(pdu, object.data(), object.size());
  } else if (const auto* number = std::get_if<double>(&*request.set_to)) {
    const auto value = static_cast<float>(*number);
    snmp_pdu_add_variable(
        pdu, object.data(), object.size(), ASN_OPAQUE_FLOAT, &value, sizeof value);
  } else if (const auto* whole = std::get_if<long>(&*request.set_to)) {
    snmp_pdu_add_variable(pdu, object.data(), object.size(), ASN_INTEGER, whole, sizeof *whole);
  }
  return pdu;
}

SnmpAnswer value_of(const netsnmp_variable_list& variable) {
  switch (variable.type) {
    case ASN_OPAQUE_FLOAT:
      return {{}, static_cast<double>(*variable.val.floatVal)};
    case ASN_OPAQUE_DOUBLE:
      return {{}, *variable.val.doubleVal};
    case ASN_INTEGER:
      return {{}, *variable.val.integer};
    case ASN_OCTET_STR:
      return {{}, std::string(variable.val.string, variable.val.string + variable.val_len)};
    case SNMP_NOSUCHOBJECT:
    case SNMP_NOSUCHINSTANCE:
      return snmp_failed(DeviceFault::Refused, "it has no such object");
    default:
      return snmp_failed(DeviceFault::Garbled, "a value of a type that it should not have");
  }
}

bool is_same_object(const netsnmp_variable_list& variable,
                    const std::vector<std::uint32_t>& object) {
  const std::vector<oid> wanted(object.begin(), object.end());
  return snmp_oid_compare(variable.name, variable.name_length, wanted.data(), wanted.size()) == 0;
}

}  // namespace

SnmpAnswer ask_snmp(const SnmpRequest& request) {
  keep_snmp_to_itself();
  netsnmp_session wanted{};
  snmp_sess_init(&wanted);
  auto host = request.host;
  auto community = request.community;
  wanted.version = SNMP_VERSION_2c;
  wanted.peername = host.data();
  wanted.community = reinterpret_cast<unsigned char*>(community.data());
  wanted.community_len = community.size();
  wanted.timeout = request.patience.count();
  wanted.retries = request.set_to ? 0 : 1;
  const std::unique_ptr<void, EndSession> session{snmp_sess_open(&wanted)};
  if (!session) {
    return snmp_failed(DeviceFault::Unreachable, snmp_api_errstring(wanted.s_snmp_errno));
  }
  netsnmp_pdu* received = nullptr;
  const int status = snmp_sess_synch_response(session.get(), request_of(request), &received);
  const std::unique_ptr<netsnmp_pdu, EndAnswer> answer{received};
  if (status == STAT_TIMEOUT) {
    return snmp_failed(DeviceFault::Timeout, "nothing in time");
  }
  if (status != STAT_SUCCESS || !answer) {
    return snmp_failed(DeviceFault::Unreachable, "the request could not be sent");
  }
  if (answer->errstat != SNMP_ERR_NOERROR) {
    return snmp_failed(DeviceFault::Refused, snmp_errstring(static_cast<int>(answer->errstat)));
  }
  if (answer->variables == nullptr || !is_same_object(*answer->variables, request.object)) {
    return snmp_failed(DeviceFault::Garbled, "the answer is about another object");
  }
  return value_of(*answer->variables);
}

}  // namespace fat
