// Words of a chat -> a verb. Strict: what may be talk between people is no answer.
#include "fat/people/chat_reply.hpp"

#include <algorithm>
#include <array>
#include <sstream>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "fat/model/lower_case.hpp"
#include "fat/model/plain_text.hpp"
#include "fat/model/quantity.hpp"

namespace fat {
namespace {

constexpr std::size_t kWordsOfATry = 4;  // a longer sentence is talk
constexpr std::size_t kLongestShown = 60;

std::string trimmed_of(const std::string& text, const char* what) {
  const auto first = text.find_first_not_of(what);
  const auto last = text.find_last_not_of(what);
  return first == std::string::npos ? "" : text.substr(first, last - first + 1);
}

std::vector<std::string> words_of(const std::string& text) {
  std::istringstream in{text};
  std::vector<std::string> words;
  for (std::string word; in >> word;) {
    words.push_back(word);
  }
  return words;
}

/// Takes the first word off.
std::string next_word(std::string& text) {
  const auto end = std::min(text.find(' '), text.size());
  auto word = text.substr(0, end);
  text = trimmed_of(text.substr(end), " ");
  return word;
}

/// A typed line without the chat's decoration, without who is spoken to.
std::string plain(const std::string& typed) {
  auto text = trimmed_of(typed, " *_~`\"'.!");
  while (text.starts_with("<@") || text.starts_with("@")) {
    next_word(text);
  }
  if (lower_case(text).starts_with("fatmaster ")) {
    next_word(text);
  }
  return trimmed_of(text, " *_~`\"'.!");
}

/// 0: it is not the number of a question.
int number_of(const std::string& word) {
  constexpr long long most = 1'000'000'000;
  const auto number = parse_integer(word);
  return number && *number > 0 && *number <= most ? static_cast<int>(*number) : 0;
}

struct Said {
  std::string value, reason;
};

/// "rerun because it was off", and as it is typed in a shell: "rerun --reason 'it was off'".
Said split_reason(const std::string& text) {
  constexpr std::array<std::string_view, 2> signs{" because ", " --reason "};
  for (const auto sign : signs) {
    if (const auto at = lower_case(text).find(sign); at != std::string::npos) {
      return {.value = trimmed_of(text.substr(0, at), " '\""),
              .reason = trimmed_of(text.substr(at + sign.size()), " '\"")};
    }
  }
  return {.value = trimmed_of(text, " '\""), .reason = {}};
}

class ReplyReading {
 public:
  ReplyReading(const ThreadReply& reply, const ReplyContext& context)
      : reply_(reply), context_(context), text_(plain(reply.text)) {
    const auto found = std::ranges::find(context.people, reply.member, &Person::slack);
    person_ = found == context.people.end() || reply.member.empty() ? nullptr : &*found;
    verb_.who = fmt::format("{} at slack", person_ == nullptr ? reply.member : person_->name);
  }

  std::optional<Verb> verb() {
    if (reply_.about.empty() || text_.empty() || !understand()) {
      return std::nullopt;
    }
    if (person_ == nullptr || !person_->may_answer) {
      if (!why_not_.empty()) {
        return std::nullopt;  // neither an answer nor one who may
      }
      why_not_ = fmt::format(
          "answers of {} do not count here; `may_answer = yes` and `slack = {}` in [person NAME] "
          "of "
          "station.ini make them count",
          person_ == nullptr ? "unlisted people" : person_->name,
          plain_text(reply_.member, kLongestShown));
    }
    verb_.reply = ChatReply{.channel = reply_.channel, .ts = reply_.ts, .why_not = why_not_};
    return verb_;
  }

 private:
  bool was_told(const std::string& id) const {
    return std::ranges::find(reply_.about, id) != reply_.about.end();
  }

  /// false: it is talk.
  bool understand() {
    auto rest = text_;
    const auto first = lower_case(next_word(rest));
    if (first == "ack" || first == "acknowledge" || first == "acknowledged") {
      return acknowledge(rest);
    }
    return first == "answer" ? answer(rest) : bare();
  }

  bool acknowledge(const std::string& rest) {
    verb_.kind = VerbKind::Acknowledge;
    auto ids = words_of(rest);
    if (ids.size() > kWordsOfATry) {
      return false;
    }
    for (const auto& alert : context_.book.alerts) {
      if (rest.empty() && alert.acknowledged.empty() && was_told(alert.id)) {
        ids.push_back(alert.id);
      }
    }
    // Never empty: that would mean everything, also what was told after this was written.
    verb_.value = fmt::format("{}", fmt::join(ids.empty() ? reply_.about : ids, " "));
    return true;
  }

  /// "3 yes", "yes", "yes because ...".
  bool answer(std::string rest) {
    verb_.kind = VerbKind::Answer;
    auto value = rest;
    const auto number = number_of(next_word(value));
    if (number > 0 && !value.empty()) {
      verb_.prompt = number;
      rest = value;
    }
    take(rest);
    if (verb_.prompt == 0) {
      verb_.prompt = only_question();
    } else if (is_open(verb_.prompt) && !was_told(std::to_string(verb_.prompt))) {
      why_not_ = fmt::format("question {} was asked after this was written", verb_.prompt);
    }
    return true;
  }

  void take(const std::string& text) {
    auto said = split_reason(text);
    verb_.value = std::move(said.value);
    verb_.reason = std::move(said.reason);
  }

  bool is_open(int id) const {
    return std::ranges::find(context_.prompts, id, &Prompt::id) != context_.prompts.end();
  }

  /// Those that could be meant.
  std::vector<const Prompt*> candidates() const {
    std::vector<const Prompt*> all;
    for (const auto& prompt : context_.prompts) {
      if (was_told(std::to_string(prompt.id))) {
        all.push_back(&prompt);
      }
    }
    return all;
  }

  /// The one that is open, else the newest that was: whoever is late is told so. 0: several are
  /// open, and the run says which.
  int only_question() const {
    const auto open = candidates();
    if (open.size() == 1) {
      return open.front()->id;
    }
    int newest = 0;
    for (const auto& id : reply_.about) {
      newest = std::max(newest, open.empty() ? number_of(id) : 0);
    }
    return newest;
  }

  /// Nothing but an answer. "ok" may be meant for somebody else; so may any sentence.
  bool bare() {
    verb_.kind = VerbKind::Answer;
    take(text_);
    verb_.prompt = only_question();
    const auto said = lower_case(verb_.value);
    const auto open = candidates();
    if (said == "yes" || said == "no") {
      return verb_.prompt != 0 || !open.empty();
    }
    const bool valid = std::ranges::any_of(open, [&](const Prompt* prompt) {
      return (prompt->kind == PromptKind::Choice || prompt->kind == PromptKind::Number) &&
             parse_answer(*prompt, verb_.value).has_value();
    });
    if (valid) {
      return true;
    }
    if (open.empty() || words_of(text_).size() > kWordsOfATry) {
      return false;
    }
    why_not_ = fmt::format("'{}' is no answer to question {}; write: {}",
                           plain_text(text_, kLongestShown),
                           open.front()->id,
                           how_to_reply(*open.front()));
    return true;
  }

  const ThreadReply& reply_;
  const ReplyContext& context_;
  std::string text_;
  const Person* person_ = nullptr;
  Verb verb_;
  std::string why_not_;  ///< why what was written does not count
};

}  // namespace

std::optional<Verb> verb_of(const ThreadReply& reply, const ReplyContext& context) {
  return ReplyReading{reply, context}.verb();
}

std::string how_to_reply(const Prompt& prompt) {
  const auto* const reason = prompt.reason_required ? " because WHY" : "";
  switch (prompt.kind) {
    case PromptKind::Ok:
      return fmt::format("yes{0} or no{0}", reason);
    case PromptKind::Choice:
      return fmt::format("{}{}", fmt::join(prompt.choices, " or "), reason);
    case PromptKind::Number:
      return fmt::format("a number{}", reason);
    case PromptKind::Text:
      return fmt::format("answer {} TEXT", prompt.id);
  }
  return "";
}

}  // namespace fat
