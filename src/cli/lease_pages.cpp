#include "cli/lease_pages.hpp"

#include <algorithm>
#include <utility>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "fat/model/plain_text.hpp"
#include "fat/model/verb.hpp"
#include "fat/model/whole_number.hpp"
#include "fat/runner/process_mark.hpp"

namespace fat {

namespace {

constexpr std::size_t kLongestLeaseText = 600;
constexpr std::size_t kLongestLeaseRequest = 16'384;
constexpr std::int64_t kMostSeconds = 1'000'000;

std::string dumped(const nlohmann::json& json) {
  return json.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
}

std::string plain_field(const nlohmann::json& json, const char* name) {
  const auto found = json.find(name);
  return found != json.end() && found->is_string()
             ? plain_text(found->get<std::string>(), kLongestLeaseText)
             : std::string{};
}

std::int64_t number_field(const nlohmann::json& json, const char* name) {
  const auto found = json.find(name);
  return found == json.end() ? 0 : whole_number<std::int64_t>(*found).value_or(0);
}

std::optional<LeaseVerb> parse_lease_verb(std::string_view text) {
  for (const auto verb : {LeaseVerb::Take,
                          LeaseVerb::Renew,
                          LeaseVerb::Free,
                          LeaseVerb::FreePanel,
                          LeaseVerb::TakeOver}) {
    if (to_string(verb) == text) {
      return verb;
    }
  }
  return std::nullopt;
}

nlohmann::json lease_json(const ShownLease& shown) {
  const auto& lease = shown.lease;
  nlohmann::json json{
      {"instrument", lease.instrument},
      {"fence", lease.fence},
      {"who", lease.who},
      {"purpose", lease.purpose},
      {"use", to_string(lease.use)},
      {"since", to_iso_utc(lease.since.wall)},
      {"left_s", std::chrono::duration_cast<std::chrono::seconds>(shown.left).count()},
      {"process", lease.process ? nlohmann::json(lease.process->pid) : nullptr},
      {"text", shown.text}};
  if (is_lent(lease)) {
    json["closing"] = shown.closing;
    json["panel"] = shown.panel;
  }
  return json;
}

LeaseWord refused_word(std::string text) {
  return {.accepted = false, .text = std::move(text)};
}

ControlAnswer word_as_answer(const LeaseWord& word) {
  return {.status = 200,
          .body = dumped({{"accepted", word.accepted},
                          {"text", word.text},
                          {"fence", word.fence},
                          {"busy", word.busy}})};
}

/// Throws nothing; without a verb when the text is none.
std::optional<LeaseRequest> parse_lease_request(const ControlRequest& request) {
  const auto json = request.body.size() > kLongestLeaseRequest
                        ? nlohmann::json{}
                        : nlohmann::json::parse(request.body, nullptr, false);
  if (!json.is_object()) {
    return std::nullopt;
  }
  const auto verb = parse_lease_verb(plain_field(json, "verb"));
  const auto use = parse_lease_use(plain_field(json, "use"));
  const auto seconds = number_field(json, "length_s");
  const auto fence = number_field(json, "fence");
  if (!verb || seconds < 0 || seconds > kMostSeconds || fence < 0) {
    return std::nullopt;
  }
  const auto who = plain_field(json, "who");
  return LeaseRequest{.verb = *verb,
                      .instrument = plain_field(json, "instrument"),
                      .by = claim_of(who, request.uid, static_cast<std::uint64_t>(fence)),
                      .purpose = plain_field(json, "purpose"),
                      .reason = plain_field(json, "reason"),
                      .use = use.value_or(LeaseUse::Orders),
                      .length = std::chrono::seconds{seconds},
                      .process = {}};
}

ControlAnswer answer_lease_request(const ControlRequest& request, LeaseDesk& leases) {
  auto asked = parse_lease_request(request);
  if (!asked) {
    return {.status = 400,
            .body = R"({"accepted":false,"text":"the request is none of a lease","fence":0})"};
  }
  const auto json = nlohmann::json::parse(request.body, nullptr, false);
  if (const auto pid = number_field(json, "process"); pid != 0) {
    asked->process = mark_of_process(pid);
    if (!asked->process) {
      return word_as_answer(refused_word(fmt::format("there is no process {} here", pid)));
    }
  }
  const auto reply = leases.ask(*asked);
  return word_as_answer({.accepted = reply.accepted,
                         .text = reply.text,
                         .fence = reply.granted ? reply.granted->fence : 0,
                         .busy = reply.busy});
}

}  // namespace

std::string_view to_string(LeaseVerb verb) {
  switch (verb) {
    case LeaseVerb::Take:
      return "take";
    case LeaseVerb::Renew:
      return "renew";
    case LeaseVerb::Free:
      return "free";
    case LeaseVerb::FreePanel:
      return "free-panel";
    case LeaseVerb::TakeOver:
      return "take-over";
  }
  return {};
}

LeaseClaim claim_of(const std::string& who, std::uint32_t uid, std::uint64_t fence) {
  return {.who = person_of(fmt::format("{} (uid {})", who.empty() ? "somebody" : who, uid)),
          .uid = uid,
          .fence = fence};
}

std::string objection_to_turn(const LeaseDesk& leases, const WireClaim& claim) {
  if (only_listens(claim)) {
    const auto all = leases.leases();
    const auto found = std::ranges::find_if(all, [&](const ShownLease& one) {
      return one.lease.instrument == claim.device && is_lent(one.lease);
    });
    return found == all.end() ? std::string{} : fmt::format("{} is {}", claim.device, found->text);
  }
  auto by = claim_of(claim.who, claim.uid, claim.fence);
  by.safe_state = claim.safe_state;
  return leases.objection_to_order(claim.device, by);
}

std::string to_json_text(const LeaseRequest& request) {
  return dumped({{"verb", to_string(request.verb)},
                 {"instrument", request.instrument},
                 {"who", request.by.who},
                 {"fence", request.by.fence},
                 {"purpose", request.purpose},
                 {"reason", request.reason},
                 {"use", to_string(request.use)},
                 {"length_s", std::chrono::ceil<std::chrono::seconds>(request.length).count()},
                 {"process", request.process ? request.process->pid : 0}});
}

LeaseWord lease_word_from_json_text(const std::string& text) {
  const auto json = text.size() > kLongestLeaseRequest
                        ? nlohmann::json{}
                        : nlohmann::json::parse(text, nullptr, false);
  if (!json.is_object()) {
    return refused_word("the process that reads the bench answered something else");
  }
  const auto flag = [&](const char* name) {
    const auto found = json.find(name);
    return found != json.end() && found->is_boolean() && found->get<bool>();
  };
  return {
      .accepted = flag("accepted"),
      .text = plain_field(json, "text"),
      .fence = static_cast<std::uint64_t>(std::max<std::int64_t>(0, number_field(json, "fence"))),
      .busy = flag("busy")};
}

std::optional<ControlAnswer> answer_lease(const ControlRequest& request, LeaseDesk& leases) {
  if (request.method == "GET" && request.path == "/v1/leases") {
    auto list = nlohmann::json::array();
    for (const auto& one : leases.leases()) {
      list.push_back(lease_json(one));
    }
    return ControlAnswer{.status = 200, .body = dumped({{"leases", std::move(list)}})};
  }
  if (request.method == "POST" && request.path == "/v1/lease") {
    return answer_lease_request(request, leases);
  }
  return std::nullopt;
}

}  // namespace fat
