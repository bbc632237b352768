// What guest and owner of a wire say to each other: a line of JSON each, in turns.
#include "devices/wire_words.hpp"

#include <algorithm>
#include <array>
#include <chrono>
#include <utility>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "devices/descriptor_io.hpp"

namespace fat {

namespace {

using Words = nlohmann::json;

constexpr int kVersion = 1;
constexpr std::size_t kLongestLine = 4U << 20U;
constexpr Microseconds kLongestTimeout = std::chrono::minutes{10};

constexpr std::array<std::pair<WireVerb, std::string_view>, 9> kVerbs{
    {{WireVerb::Join, "join"},
     {WireVerb::Begin, "begin"},
     {WireVerb::End, "end"},
     {WireVerb::Open, "open"},
     {WireVerb::Close, "close"},
     {WireVerb::Send, "send"},
     {WireVerb::RequestReply, "request_reply"},
     {WireVerb::FreePanel, "free_panel"},
     {WireVerb::Receive, "receive"}}};

constexpr std::array kFaults{DeviceFault::Unreachable,
                             DeviceFault::Busy,
                             DeviceFault::Closed,
                             DeviceFault::Timeout,
                             DeviceFault::Garbled,
                             DeviceFault::Refused};

/// Bytes of a device are no text: two digits for each.
std::string to_hex(std::string_view bytes) {
  std::string text;
  text.reserve(2 * bytes.size());
  for (const char byte : bytes) {
    fmt::format_to(std::back_inserter(text), "{:02x}", static_cast<unsigned char>(byte));
  }
  return text;
}

int digit(char letter) {
  const std::string_view digits = "0123456789abcdef";
  const auto place = digits.find(letter);
  return place == std::string_view::npos ? -1 : static_cast<int>(place);
}

std::optional<std::string> from_hex(std::string_view text) {
  std::string bytes;
  bytes.reserve(text.size() / 2);
  for (std::size_t at = 0; at < text.size(); at += 2) {
    const int high = digit(text[at]);
    const int low = at + 1 < text.size() ? digit(text[at + 1]) : -1;
    if (high < 0 || low < 0) {
      return std::nullopt;
    }
    bytes += static_cast<char>((16 * high) + low);
  }
  return bytes;
}

/// Unescaped line ends would end the line, and what is no UTF-8 no JSON.
std::string line_of(const Words& words) {
  return words.dump(-1, ' ', true, Words::error_handler_t::replace) + "\n";
}

std::string text_in(const Words& words, const char* name) {
  const auto found = words.find(name);
  return found != words.end() && found->is_string() ? found->get<std::string>() : std::string{};
}

template <typename Number>
Number number_in(const Words& words, const char* name) {
  const auto found = words.find(name);
  const bool is_one = found != words.end() && found->is_number_unsigned();
  return is_one ? static_cast<Number>(found->get<std::uint64_t>()) : Number{0};
}

bool flag_in(const Words& words, const char* name) {
  const auto found = words.find(name);
  return found != words.end() && found->is_boolean() && found->get<bool>();
}

Words object_in(std::string_view line) {
  auto words = line.size() > kLongestLine ? Words{} : Words::parse(line, nullptr, false);
  return words.is_object() ? std::move(words) : Words{};
}

}  // namespace

std::string to_line(const WireRequest& request) {
  const auto* const verb =
      std::ranges::find(kVerbs, request.verb, &std::pair<WireVerb, std::string_view>::first);
  Words words{{"do", verb->second}, {"us", std::max<std::int64_t>(0, request.timeout.count())}};
  if (request.verb == WireVerb::Send) {
    words["bytes"] = to_hex(request.bytes);
  }
  if (request.verb == WireVerb::Join) {
    const auto& claim = request.claim;
    words["version"] = kVersion;
    words["device"] = claim.device;
    words["link"] = claim.link;
    words["who"] = claim.who;
    words["fence"] = claim.fence;
    words["safe_state"] = claim.safe_state;
  }
  return line_of(words);
}

std::string to_line(const WireReply& reply) {
  const auto& exchange = reply.exchange;
  Words words{{"done", reply.done}, {"bytes", to_hex(exchange.received)}};
  if (exchange.fault) {
    words["fault"] = to_string(*exchange.fault);
    words["why"] = exchange.why;
  }
  return line_of(words);
}

std::optional<WireRequest> wire_request(std::string_view line) {
  const auto words = object_in(line);
  const auto* const verb = std::ranges::find(
      kVerbs, text_in(words, "do"), &std::pair<WireVerb, std::string_view>::second);
  auto bytes = from_hex(text_in(words, "bytes"));
  if (verb == kVerbs.end() || !bytes ||
      (verb->first == WireVerb::Join && number_in<int>(words, "version") != kVersion)) {
    return std::nullopt;
  }
  const auto longest = static_cast<std::uint64_t>(kLongestTimeout.count());
  const auto timeout = std::min(number_in<std::uint64_t>(words, "us"), longest);
  return WireRequest{.verb = verb->first,
                     .timeout = Microseconds{static_cast<std::int64_t>(timeout)},
                     .bytes = std::move(*bytes),
                     .claim = {.device = text_in(words, "device"),
                               .link = text_in(words, "link"),
                               .who = text_in(words, "who"),
                               .uid = 0,
                               .fence = number_in<std::uint64_t>(words, "fence"),
                               .safe_state = flag_in(words, "safe_state")}};
}

std::optional<WireReply> wire_reply(std::string_view line) {
  const auto words = object_in(line);
  auto bytes = from_hex(text_in(words, "bytes"));
  const auto fault = text_in(words, "fault");
  const auto* const known = std::ranges::find(
      kFaults, std::string_view{fault}, [](DeviceFault one) { return to_string(one); });
  if (words.is_null() || !bytes || (!fault.empty() && known == kFaults.end())) {
    return std::nullopt;
  }
  WireReply reply;
  if (!fault.empty()) {
    reply.exchange.fault = *known;
    reply.exchange.why = text_in(words, "why");
  }
  reply.exchange.received = std::move(*bytes);
  reply.done = flag_in(words, "done");
  return reply;
}

Exchange LineSocket::read(Microseconds timeout) {
  using Steady = std::chrono::steady_clock;
  const auto deadline = Steady::now() + timeout;
  while (true) {
    if (const auto end = waiting_.find('\n'); end != std::string::npos) {
      Exchange line{.fault = {}, .why = {}, .received = waiting_.substr(0, end)};
      waiting_.erase(0, end + 1);
      return line;
    }
    if (waiting_.size() > kLongestLine) {
      return link_failure(DeviceFault::Garbled, "a line without end");
    }
    const auto left = std::chrono::ceil<Microseconds>(deadline - Steady::now());
    auto more = receive_bytes(descriptor_, std::max(left, Microseconds{0}));
    if (more.fault) {
      return more;
    }
    waiting_ += more.received;
  }
}

Exchange LineSocket::write(const std::string& line, Microseconds timeout) const {
  return send_bytes(descriptor_, line, timeout);
}

}  // namespace fat
