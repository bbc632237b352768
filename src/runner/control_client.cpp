#include "fat/runner/control_client.hpp"

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <limits>
#include <stdexcept>

#include <boost/asio/connect.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/local/stream_protocol.hpp>
#include <boost/beast/core/basic_stream.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http.hpp>
#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "fat/model/plain_text.hpp"

namespace fat {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace http = beast::http;
using Json = nlohmann::json;
using Stream = beast::basic_stream<asio::local::stream_protocol>;

namespace {

constexpr auto kPatience = std::chrono::seconds{5};

/// More than anybody types.
constexpr std::size_t kTextLimit = 65536;

/// Lines of a hand-over, and bytes of each.
constexpr std::size_t kReportLimit = 200;
constexpr std::size_t kLineLimit = 500;

/// Text as JSON whatever bytes it holds.
std::string dump(const Json& json) {
  return json.dump(-1, ' ', false, Json::error_handler_t::replace);
}

template <typename Value>
Value field(const Json& json, const char* name, Value otherwise) {
  const auto found = json.find(name);
  if (found == json.end()) {
    return otherwise;
  }
  return found->get<Value>();
}

/// A number that is whole and fits; anything else is refused, never bent into another.
int whole_number(const Json& json, const char* name) {
  const auto found = json.find(name);
  if (found == json.end()) {
    return 0;
  }
  const auto value = found->is_number_integer() ? found->get<std::int64_t>() : -1;
  if (value < 0 || value > std::numeric_limits<int>::max()) {
    throw std::invalid_argument{fmt::format("'{}' is no number of one", name)};
  }
  return static_cast<int>(value);
}

std::vector<PlanEdit> edits_of(const Json& json) {
  const auto found = json.find("edits");
  return found == json.end() ? std::vector<PlanEdit>{} : plan_edits_from_json_text(dump(*found));
}

Logged entry_of(const Json& json) {
  const auto found = json.find("entry");
  return found == json.end() ? Logged{}
                             : std::get<Logged>(event_body_from_json_text("logged", dump(*found)));
}

/// Deeper than any verb is; what works on such a text calls itself as often.
constexpr int kDeepest = 32;

Json parse_object(const std::string& text) {
  const auto shallow = [](int depth, Json::parse_event_t, Json&) {
    if (depth > kDeepest) {
      throw std::invalid_argument{"more brackets within brackets than any verb has"};
    }
    return true;
  };
  auto json = Json::parse(text, shallow, false);
  if (!json.is_object()) {
    throw std::invalid_argument{"not a JSON object"};
  }
  return json;
}

/// One exchange; each stage is bounded by the stream's own deadline.
class Exchange {
 public:
  Exchange(asio::io_context& loop, Stream& stream, http::request<http::string_body> request)
      : loop_(loop), stream_(stream), request_(std::move(request)) {}

  ControlReply run() {
    stream_.expires_after(kPatience);
    http::async_write(stream_, request_, [this](auto error, std::size_t) {
      error_ = error;
      if (!error) {
        http::async_read(
            stream_, buffer_, response_, [this](auto failed, std::size_t) { error_ = failed; });
      }
    });
    loop_.run();
    if (error_) {
      throw std::runtime_error{fmt::format("the scheduler does not answer: {}", error_.message())};
    }
    return {.status = static_cast<int>(response_.result_int()), .body = response_.body()};
  }

 private:
  asio::io_context& loop_;
  Stream& stream_;
  http::request<http::string_body> request_;
  http::response<http::string_body> response_;
  beast::flat_buffer buffer_;
  boost::system::error_code error_;
};

}  // namespace

std::optional<ControlReply> ask_scheduler(const std::filesystem::path& socket,
                                          const std::string& method,
                                          const std::string& path,
                                          const std::string& body) {
  asio::io_context loop;
  Stream stream{loop};
  boost::system::error_code error;
  error = stream.socket().connect(asio::local::stream_protocol::endpoint{socket.string()}, error);
  if (error == asio::error::connection_refused || error == boost::system::errc::not_a_directory ||
      error == boost::system::errc::no_such_file_or_directory) {
    return std::nullopt;
  }
  if (error) {
    throw std::runtime_error{fmt::format(
        "the scheduler's socket {} cannot be reached: {}", socket.string(), error.message())};
  }
  http::request<http::string_body> request{http::string_to_verb(method), path, 11};
  request.set(http::field::host, "fatmaster");
  request.set(http::field::content_type, "application/json");
  request.body() = body;
  request.prepare_payload();
  return Exchange{loop, stream, std::move(request)}.run();
}

std::string to_json_text(const Verb& verb) {
  Json json{{"verb", to_string(verb.kind)}, {"who", verb.who}};
  const auto add = [&json](const char* name, const std::string& value) {
    if (!value.empty()) {
      json[name] = value;
    }
  };
  add("step", verb.step);
  add("value", verb.value);
  add("reason", verb.reason);
  if (verb.prompt != 0) {
    json["prompt"] = verb.prompt;
  }
  if (verb.kind == VerbKind::AbortStep) {
    json["then"] = to_string(verb.then);
  }
  if (verb.cancel) {
    json["cancel"] = true;
  }
  if (!verb.edits.empty()) {
    json["edits"] = Json::parse(to_json_text(verb.edits));
    json["undoes"] = verb.undoes;
  }
  if (verb.kind == VerbKind::Lock) {
    json["length_s"] = std::chrono::ceil<std::chrono::seconds>(verb.length).count();
    json["take_over"] = verb.take_over;
  }
  if (verb.kind == VerbKind::Log) {
    json["entry"] = Json::parse(to_json_text(EventBody{verb.entry}));
  }
  if (verb.kind == VerbKind::Shift) {
    json["hand_over"] = verb.hand_over;
    json["report"] = verb.report;
  }
  return dump(json);
}

Verb verb_from_json_text(const std::string& text) {
  try {
    const auto json = parse_object(text);
    const auto kind = parse_verb_kind(field<std::string>(json, "verb", {}));
    const auto then = parse_after_abort(field<std::string>(json, "then", "pause"));
    if (!kind || !then) {
      throw std::invalid_argument{!kind ? "unknown verb" : "'then' is retry, continue or pause"};
    }
    return {.kind = *kind,
            .who = field<std::string>(json, "who", {}),
            .step = field<std::string>(json, "step", {}),
            .value = field<std::string>(json, "value", {}),
            .reason = field<std::string>(json, "reason", {}),
            .prompt = whole_number(json, "prompt"),
            .then = *then,
            .cancel = field<bool>(json, "cancel", false),
            .edits = edits_of(json),
            .undoes = whole_number(json, "undoes"),
            .length = std::chrono::seconds{whole_number(json, "length_s")},
            .take_over = field<bool>(json, "take_over", false),
            .entry = entry_of(json),
            .hand_over = field<bool>(json, "hand_over", false),
            .report = field<std::vector<std::string>>(json, "report", {})};
  } catch (const Json::exception& error) {
    throw std::invalid_argument{fmt::format("not a verb: {}", error.what())};
  }
}

Verb made_plain(Verb verb) {
  for (auto* text : {&verb.who, &verb.step, &verb.value, &verb.reason}) {
    *text = plain_text(*text, kTextLimit);
  }
  verb.entry.text = plain_lines(verb.entry.text, kLongestLogText);
  for (auto& file : verb.entry.attachments) {
    file.name = plain_text(file.name, kTextLimit);
    file.sha256 = plain_text(file.sha256, kTextLimit);
  }
  verb.report.resize(std::min(verb.report.size(), kReportLimit));
  for (auto& line : verb.report) {
    line = plain_text(line, kLineLimit);
  }
  return verb;
}

std::string to_json_text(const VerbReply& reply) {
  return dump(Json{{"accepted", reply.accepted}, {"text", reply.text}});
}

VerbReply verb_reply_from_json_text(const std::string& text) {
  try {
    const auto json = parse_object(text);
    return {.accepted = field<bool>(json, "accepted", false),
            .text = field<std::string>(json, "text", {}),
            .events = {}};
  } catch (const Json::exception& error) {
    throw std::invalid_argument{fmt::format("not an answer of a scheduler: {}", error.what())};
  }
}

}  // namespace fat
