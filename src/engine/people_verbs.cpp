// Who acts here, and who has seen what.
#include "engine/people_verbs.hpp"

#include <algorithm>
#include <sstream>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "engine/verb_reply.hpp"

namespace fat {

namespace {

std::vector<std::string> words_of(const std::string& text) {
  std::istringstream in{text};
  std::vector<std::string> words;
  for (std::string word; in >> word;) {
    words.push_back(word);
  }
  return words;
}

std::string unseen(const CallBook& book) {
  std::vector<std::string> ids;
  for (const auto& alert : book.alerts) {
    if (alert.acknowledged.empty()) {
      ids.push_back(alert.id);
    }
  }
  return fmt::format("{}", fmt::join(ids, ", "));
}

/// "c3" of a run that has had three critical messages.
bool was_critical_message(const CallBook& book, const std::string& id) {
  for (int number = 1; number <= book.critical_messages; ++number) {
    if (id == fmt::format("c{}", number)) {
      return true;
    }
  }
  return false;
}

bool was_question(const RunState& state, const std::string& id) {
  for (int number = 1; number <= state.last_prompt; ++number) {
    if (id == std::to_string(number)) {
      return true;
    }
  }
  return false;
}

}  // namespace

VerbReply request_shift(const RunState& state, const Verb& verb) {
  const auto& before = state.alerts.book().on_call;
  if (verb.value.empty()) {
    return refuse("say who takes the shift");
  }
  if (before.shifter == verb.value && before.since) {
    return accept(fmt::format("{} acts at this station already", verb.value));
  }
  const auto order = before.escalate.empty()
                         ? ""
                         : fmt::format("; who does not answer within {} is followed by {}",
                                       to_text(before.escalate_after),
                                       fmt::join(before.escalate, ", "));
  return accept(
      fmt::format("{} acts at this station from now on, and is told first{}", verb.value, order),
      {ShiftTaken{.person = verb.value,
                  .before = before.shifter,
                  .handed_over = verb.hand_over,
                  .report = verb.report}});
}

VerbReply request_acknowledge(const RunState& state, const Verb& verb) {
  const auto& book = state.alerts.book();
  const auto named = words_of(verb.value);
  const auto never_was = std::ranges::find_if_not(named, [&](const std::string& id) {
    return find_alert(book, id) != nullptr || was_critical_message(book, id) ||
           was_question(state, id);
  });
  if (never_was != named.end()) {
    const auto open = unseen(book);
    return refuse(fmt::format("there is no question or message '{}'; {}",
                              *never_was,
                              open.empty() ? "none is open" : "open are " + open));
  }
  Acknowledged seen;
  for (const auto& alert : book.alerts) {
    const bool meant = named.empty() || std::ranges::find(named, alert.id) != named.end();
    if (meant && alert.acknowledged.empty()) {
      seen.alerts.push_back(alert.id);
    }
  }
  if (seen.alerts.empty()) {
    return accept(named.empty() ? "nothing waits to be acknowledged"
                                : "acknowledged or closed already");
  }
  const bool asks = std::ranges::any_of(
      seen.alerts, [&](const std::string& id) { return find_alert(book, id)->prompt != 0; });
  auto text = fmt::format("acknowledged: {}; nobody else is called{}",
                          fmt::join(seen.alerts, ", "),
                          asks ? ", but the question still waits for its answer" : "");
  return accept(std::move(text), {std::move(seen)});
}

}  // namespace fat
