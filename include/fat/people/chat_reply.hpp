// What somebody wrote in a run's thread -> the verb that it asks for.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "fat/model/on_call.hpp"
#include "fat/model/people_entry.hpp"
#include "fat/model/prompt.hpp"
#include "fat/model/verb.hpp"
#include "fat/people/thread_reader.hpp"

namespace fat {

/// What is open when it is read.
struct ReplyContext {
  const std::vector<Prompt>& prompts;  ///< unanswered
  const CallBook& book;
  const std::vector<Person>& people;
};

/// Pure. An answer ("yes", "answer 3 yes because it is shut"), an acknowledgement ("ack", "ack 3"),
/// or a verb that is not to be acted on and says why (Verb::reply). nullopt: talk between people,
/// or written before anything was asked.
std::optional<Verb> verb_of(const ThreadReply& reply, const ReplyContext& context);

/// What to write there to answer: "yes or no", "answer 3 TEXT".
std::string how_to_reply(const Prompt& prompt);

}  // namespace fat
