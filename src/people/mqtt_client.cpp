// The library's own thread speaks to the broker; what it tells us stands behind one mutex.
#include "people/mqtt_client.hpp"

#include <algorithm>
#include <chrono>
#include <condition_variable>
#include <cstdlib>
#include <mutex>
#include <span>
#include <utility>

#include <fmt/format.h>
#include <mosquitto.h>
#include <mqtt_protocol.h>

#include "people/mqtt_address.hpp"
#include "people/mqtt_library.hpp"

namespace fat {
namespace {

constexpr std::chrono::seconds kBrokerAnswers{10};
constexpr int kLineAlive = 30;                    // s
constexpr unsigned kLibraryTriesAgain = 30;       // s; we make a new one long before
constexpr std::uint32_t kLongestPacket = 32'768;  // bytes; the broker keeps longer ones
constexpr int kMostUnread = 100;
constexpr int kLeastRefusal = 0x80;  // of a SUBACK
constexpr int kHearOptions =
    MQTT_SUB_OPT_NO_LOCAL | MQTT_SUB_OPT_RETAIN_AS_PUBLISHED | MQTT_SUB_OPT_SEND_RETAIN_ALWAYS;

/// A list of properties that is freed.
class Properties {
 public:
  Properties() = default;

  ~Properties() { mosquitto_property_free_all(&list_); }

  Properties(const Properties&) = delete;
  Properties& operator=(const Properties&) = delete;

  mosquitto_property** place() { return &list_; }

  const mosquitto_property* list() const { return list_; }

 private:
  mosquitto_property* list_ = nullptr;
};

struct FreeMemory {
  void operator()(void* memory) const noexcept { std::free(memory); }  // NOLINT: the library's
};

std::string response_topic_of(const mosquitto_property* properties) {
  char* text = nullptr;
  mosquitto_property_read_string(properties, MQTT_PROP_RESPONSE_TOPIC, &text, false);
  const std::unique_ptr<char, FreeMemory> owned{text};
  return text == nullptr ? std::string{} : std::string{text};
}

std::string correlation_of(const mosquitto_property* properties) {
  void* bytes = nullptr;
  std::uint16_t length = 0;
  mosquitto_property_read_binary(properties, MQTT_PROP_CORRELATION_DATA, &bytes, &length, false);
  const std::unique_ptr<void, FreeMemory> owned{bytes};
  return bytes == nullptr ? std::string{} : std::string{static_cast<const char*>(bytes), length};
}

MqttMessage message_of(const mosquitto_message& message, const mosquitto_property* properties) {
  const auto length = static_cast<std::size_t>(std::max(0, message.payloadlen));
  return {.topic = message.topic,
          .payload = length == 0 ? std::string{}
                                 : std::string{static_cast<const char*>(message.payload), length},
          .response_topic = response_topic_of(properties),
          .correlation = correlation_of(properties),
          .retained = message.retain};
}

}  // namespace

class MqttClient::Line {
 public:
  Line(const TelemetryEntry& entry, const std::string& password, Ears ears);
  ~Line();
  Line(const Line&) = delete;
  Line& operator=(const Line&) = delete;

  std::string open(const std::vector<std::string>& topics, const std::stop_token& stop);
  std::optional<int> post(const MqttPost& post);

  bool is_gone() const {
    const std::scoped_lock lock{mutex_};
    return gone_;
  }

  std::vector<int> acknowledged() {
    const std::scoped_lock lock{mutex_};
    return std::exchange(acknowledged_, {});
  }

 private:
  static Line& of(void* self) { return *static_cast<Line*>(self); }

  void set_callbacks();
  std::string connect();
  std::string connected(const std::stop_token& stop);
  std::string subscribe(const std::string& topic, const std::stop_token& stop);
  void told_connected(int code);
  void told_gone();
  void told_acknowledged(int number);
  void told_subscribed(int refusal);

  Ears ears_;
  BrokerAddress broker_;
  std::string server_;
  mutable std::mutex mutex_;
  std::condition_variable_any changed_;
  std::optional<int> code_;        // guarded by mutex_; of the CONNACK
  std::optional<int> subscribed_;  // guarded by mutex_; of the SUBACK
  bool gone_ = false;              // guarded by mutex_
  std::vector<int> acknowledged_;  // guarded by mutex_
  std::string why_;                ///< it cannot even begin
  MosquittoClient client_;
};

MqttClient::Line::Line(const TelemetryEntry& entry, const std::string& password, Ears ears)
    : ears_(std::move(ears)), broker_(broker_of(entry.server)), server_(entry.server) {
  client_ = make_mosquitto_client(this);
  if (!client_) {
    why_ = "no memory for a client";
    return;
  }
  auto* const client = client_.get();
  mosquitto_int_option(client, MOSQ_OPT_PROTOCOL_VERSION, MQTT_PROTOCOL_V5);
  mosquitto_int_option(client, MOSQ_OPT_RECEIVE_MAXIMUM, kMostUnread);
  mosquitto_reconnect_delay_set(client, kLibraryTriesAgain, kLibraryTriesAgain, false);
  set_callbacks();
  if (!entry.user.empty()) {
    mosquitto_username_pw_set(client, entry.user.c_str(), password.c_str());
  }
  why_ = trust_this_machine(client, broker_);
}

void MqttClient::Line::set_callbacks() {
  auto* const client = client_.get();
  mosquitto_connect_callback_set(
      client, [](mosquitto*, void* self, int code) { of(self).told_connected(code); });
  mosquitto_disconnect_callback_set(client,
                                    [](mosquitto*, void* self, int) { of(self).told_gone(); });
  mosquitto_publish_callback_set(
      client, [](mosquitto*, void* self, int number) { of(self).told_acknowledged(number); });
  mosquitto_subscribe_callback_set(
      client, [](mosquitto*, void* self, int, int count, const int* granted) {
        const std::span all{granted, static_cast<std::size_t>(std::max(0, count))};
        const auto refused =
            std::ranges::find_if(all, [](int one) { return one >= kLeastRefusal; });
        of(self).told_subscribed(refused == all.end() ? 0 : *refused);
      });
  mosquitto_message_v5_callback_set(client,
                                    [](mosquitto*,
                                       void* self,
                                       const mosquitto_message* message,
                                       const mosquitto_property* properties) {
                                      of(self).ears_.hear(message_of(*message, properties));
                                    });
}

MqttClient::Line::~Line() {
  if (client_) {
    mosquitto_disconnect(client_.get());
    mosquitto_loop_stop(client_.get(), false);
  }
}

void MqttClient::Line::told_connected(int code) {
  const std::scoped_lock lock{mutex_};
  code_ = code;
  changed_.notify_all();
}

void MqttClient::Line::told_gone() {
  {
    const std::scoped_lock lock{mutex_};
    gone_ = true;
    changed_.notify_all();
  }
  ears_.changed();
}

void MqttClient::Line::told_acknowledged(int number) {
  {
    const std::scoped_lock lock{mutex_};
    acknowledged_.push_back(number);
  }
  ears_.changed();
}

void MqttClient::Line::told_subscribed(int refusal) {
  const std::scoped_lock lock{mutex_};
  subscribed_ = refusal;
  changed_.notify_all();
}

std::string MqttClient::Line::connect() {
  Properties properties;
  mosquitto_property_add_int32(properties.place(), MQTT_PROP_MAXIMUM_PACKET_SIZE, kLongestPacket);
  const int begun = mosquitto_connect_bind_v5(
      client_.get(), broker_.host.c_str(), broker_.port, kLineAlive, nullptr, properties.list());
  if (begun != MOSQ_ERR_SUCCESS) {
    return fmt::format("no connection to {}", server_);
  }
  mosquitto_loop_start(client_.get());
  return {};
}

std::string MqttClient::Line::connected(const std::stop_token& stop) {
  std::unique_lock lock{mutex_};
  changed_.wait_for(lock, stop, kBrokerAnswers, [this] { return code_ || gone_; });
  if (!code_) {
    return fmt::format("no answer of {}", server_);
  }
  return *code_ == 0 ? std::string{}
                     : fmt::format("{}: {}", server_, mosquitto_reason_string(*code_));
}

std::string MqttClient::Line::subscribe(const std::string& topic, const std::stop_token& stop) {
  {
    const std::scoped_lock lock{mutex_};
    subscribed_.reset();
  }
  if (mosquitto_subscribe_v5(client_.get(), nullptr, topic.c_str(), 1, kHearOptions, nullptr) !=
      MOSQ_ERR_SUCCESS) {
    return fmt::format("{} went away", server_);
  }
  std::unique_lock lock{mutex_};
  changed_.wait_for(lock, stop, kBrokerAnswers, [this] { return subscribed_ || gone_; });
  if (!subscribed_ || gone_) {
    return fmt::format("{} went away", server_);
  }
  return *subscribed_ == 0 ? std::string{}
                           : fmt::format("{} does not let us hear '{}': {}",
                                         server_,
                                         topic,
                                         mosquitto_reason_string(*subscribed_));
}

std::string MqttClient::Line::open(const std::vector<std::string>& topics,
                                   const std::stop_token& stop) {
  auto why = why_.empty() ? connect() : why_;
  if (why.empty()) {
    why = connected(stop);
  }
  for (const auto& topic : topics) {
    if (!why.empty()) {
      break;
    }
    why = subscribe(topic, stop);
  }
  return why;
}

std::optional<int> MqttClient::Line::post(const MqttPost& post) {
  Properties properties;
  if (!post.correlation.empty()) {
    mosquitto_property_add_binary(properties.place(),
                                  MQTT_PROP_CORRELATION_DATA,
                                  post.correlation.data(),
                                  static_cast<std::uint16_t>(post.correlation.size()));
  }
  int number = 0;
  const int sent = mosquitto_publish_v5(client_.get(),
                                        &number,
                                        post.topic.c_str(),
                                        static_cast<int>(post.payload.size()),
                                        post.payload.data(),
                                        post.care == MqttPost::Care::Kept ? 1 : 0,
                                        false,
                                        properties.list());
  if (sent == MOSQ_ERR_INVAL || sent == MOSQ_ERR_MALFORMED_UTF8 || sent == MOSQ_ERR_PAYLOAD_SIZE ||
      sent == MOSQ_ERR_OVERSIZE_PACKET) {
    return std::nullopt;
  }
  return sent == MOSQ_ERR_SUCCESS ? number : 0;
}

MqttClient::MqttClient(const TelemetryEntry& entry, const std::string& password, Ears ears)
    : line_(std::make_unique<Line>(entry, password, std::move(ears))) {}

MqttClient::~MqttClient() = default;

std::string MqttClient::open(const std::vector<std::string>& topics, const std::stop_token& stop) {
  return line_->open(topics, stop);
}

std::optional<int> MqttClient::post(const MqttPost& post) {
  return line_->post(post);
}

bool MqttClient::is_gone() const {
  return line_->is_gone();
}

std::vector<int> MqttClient::acknowledged() {
  return line_->acknowledged();
}

}  // namespace fat
