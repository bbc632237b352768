#include "cli/station_pages.hpp"

#include <optional>
#include <utility>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "cli/lease_pages.hpp"
#include "cli/machines_seen.hpp"
#include "fat/model/plain_text.hpp"
#include "fat/model/quantity.hpp"
#include "fat/model/whole_number.hpp"
#include "fat/runner/control_client.hpp"

namespace fat {

namespace {

constexpr std::string_view kOrderPage = "/v1/order/";
constexpr std::size_t kLongestWord = 400;
constexpr std::size_t kLongestRequest = 16'384;
constexpr Microseconds kLongestOverride = std::chrono::hours{24};

std::string text_of(const nlohmann::json& json, const char* name) {
  const auto found = json.find(name);
  return found != json.end() && found->is_string()
             ? plain_text(found->get<std::string>(), kLongestWord)
             : std::string{};
}

std::optional<InterlockRequest> parse_interlock_request(const std::string& text) {
  if (text.size() > kLongestRequest) {
    return std::nullopt;
  }
  const auto json = nlohmann::json::parse(text, nullptr, false);
  if (!json.is_object()) {
    return std::nullopt;
  }
  const auto seconds = json.find("length_s");
  const bool has_length = seconds != json.end() && seconds->is_number_unsigned() &&
                          *seconds <= std::uint64_t{1'000'000};
  return InterlockRequest{
      .verb = text_of(json, "verb"),
      .name = text_of(json, "name"),
      .who = text_of(json, "who"),
      .reason = text_of(json, "reason"),
      .length = std::chrono::seconds{has_length ? seconds->get<std::int64_t>() : 0}};
}

VerbReply refused(const std::string& why) {
  return {.accepted = false, .text = why, .events = {}};
}

VerbReply override_interlock(const InterlockRequest& request, InterlockWatch& interlocks) {
  if (request.reason.empty()) {
    return refused("an override needs a reason: add --reason TEXT");
  }
  if (request.length <= Microseconds{0} || request.length > kLongestOverride) {
    return refused("an override holds for at most 24 h (--for); say it again when that is over");
  }
  const auto why_not = interlocks.override_with(
      request.name,
      {.who = request.who, .reason = request.reason, .since = {}, .length = request.length});
  return why_not.empty() ? VerbReply{.accepted = true,
                                     .text = fmt::format("interlock {} does nothing for {}",
                                                         request.name,
                                                         to_text(request.length)),
                                     .events = {}}
                         : refused(why_not);
}

VerbReply do_as_asked(const InterlockRequest& request, InterlockWatch& interlocks) {
  if (request.verb == "override") {
    return override_interlock(request, interlocks);
  }
  if (request.verb == "clear" || request.verb == "reset") {
    const bool clear = request.verb == "clear";
    const auto why_not =
        clear ? interlocks.end_override(request.name) : interlocks.reset(request.name);
    return why_not.empty() ? VerbReply{.accepted = true,
                                       .text = fmt::format("interlock {} is {}",
                                                           request.name,
                                                           clear ? "in force again" : "reset"),
                                       .events = {}}
                           : refused(why_not);
  }
  return refused("an interlock can be told override, clear or reset");
}

std::string who_says(const std::string& who, uid_t uid) {
  return fmt::format("{} (uid {})", who.empty() ? "somebody" : who, uid);
}

ControlAnswer answer_interlock(const ControlRequest& request, const StationParts& parts) {
  auto asked = parse_interlock_request(request.body);
  if (!asked) {
    return {.status = 400, .body = to_json_text(refused("the request is not JSON"))};
  }
  asked->who = who_says(asked->who, request.uid);
  auto reply = do_as_asked(*asked, parts.interlocks);
  if (reply.accepted) {
    parts.tell(fmt::format("{}, says {}{}{}",
                           reply.text,
                           asked->who,
                           asked->reason.empty() ? "" : ": ",
                           asked->reason));
    if (!parts.store(parts.interlocks.state())) {
      reply.text += " (not yet written down: the disk is slow or full)";
    }
  }
  return {.status = 200, .body = to_json_text(reply)};
}

ControlAnswer answer_set(const ControlRequest& request, SettingDesk& settings) {
  const auto json = request.body.size() > kLongestRequest
                        ? nlohmann::json{}
                        : nlohmann::json::parse(request.body, nullptr, false);
  const auto value = json.is_object() ? json.find("value") : json.end();
  if (!json.is_object() || value == json.end() || !value->is_number()) {
    return {.status = 400, .body = R"({"order":0,"text":"a setting has a channel and a value"})"};
  }
  std::string refusal;
  const auto fence = json.find("fence");
  const auto shown =
      fence == json.end() ? std::optional<std::uint64_t>{0} : whole_number<std::uint64_t>(*fence);
  if (!shown) {
    return {.status = 400, .body = R"({"order":0,"text":"the number of a lease is a number"})"};
  }
  const auto who = text_of(json, "who");
  const auto safe = json.find("safe_state");
  auto by = claim_of(who, request.uid, *shown);
  by.safe_state = safe != json.end() && safe->is_boolean() && safe->get<bool>();
  const auto order = settings.order({.channel = text_of(json, "channel"),
                                     .who = who_says(who, request.uid),
                                     .value = value->get<double>(),
                                     .by = by},
                                    refusal);
  return {.status = 200,
          .body = nlohmann::json{{"order", order}, {"text", refusal}}.dump(
              -1, ' ', false, nlohmann::json::error_handler_t::replace)};
}

ControlAnswer answer_fate(const std::string& number, const SettingDesk& settings) {
  const auto order = parse_integer(number);
  const auto fate =
      order && *order > 0 ? settings.fate(static_cast<std::uint64_t>(*order)) : std::nullopt;
  if (!fate) {
    return {.status = 404, .body = R"({"done":true,"failure":"there is no such order"})"};
  }
  return {
      .status = 200,
      .body =
          nlohmann::json{{"done", fate->done}, {"failure", fate->failure}, {"again", fate->again}}
              .dump(-1, ' ', false, nlohmann::json::error_handler_t::replace)};
}

}  // namespace

std::string to_json_text(const InterlockRequest& request) {
  return nlohmann::json{
      {"verb", request.verb},
      {"name", request.name},
      {"who", request.who},
      {"reason", request.reason},
      {"length_s", std::chrono::ceil<std::chrono::seconds>(request.length).count()}}
      .dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
}

ControlAnswer answer_station(const ControlRequest& request, const StationParts& parts) {
  if (request.method == "GET" && request.path == kMachinesPage) {
    return {.status = 200, .body = to_json_text(parts.machines.state())};
  }
  if (request.method == "GET" && request.path.starts_with(kOrderPage)) {
    return answer_fate(request.path.substr(kOrderPage.size()), parts.settings);
  }
  if (request.method == "POST" && request.path == "/v1/set") {
    return answer_set(request, parts.settings);
  }
  if (request.method == "POST" && request.path == "/v1/interlock") {
    return answer_interlock(request, parts);
  }
  if (auto answer = answer_lease(request, parts.leases)) {
    return *std::move(answer);
  }
  return {.status = 404, .body = R"({"text":"there is no such page"})"};
}

}  // namespace fat
