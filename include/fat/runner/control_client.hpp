// A request to the scheduler that owns the station -> its answer.
#pragma once

#include <filesystem>
#include <optional>
#include <string>

#include "fat/model/verb.hpp"

namespace fat {

struct ControlReply {
  int status = 0;
  std::string body;
};

/// nullopt when nobody listens on the socket. Throws std::runtime_error when somebody does but does
/// not answer within 5 s, or when it cannot be found out (no permission).
std::optional<ControlReply> ask_scheduler(const std::filesystem::path& socket,
                                          const std::string& method,
                                          const std::string& path,
                                          const std::string& body);

/// The wire form of a verb. `who` holds the name and terminal; the server adds the uid the kernel
/// tells.
std::string to_json_text(const Verb& verb);
/// Throws std::invalid_argument with a sentence.
Verb verb_from_json_text(const std::string& text);

/// What a peer says goes into the journal and onto other people's terminals: its texts bounded and
/// without control characters.
Verb made_plain(Verb verb);

std::string to_json_text(const VerbReply& reply);
VerbReply verb_reply_from_json_text(const std::string& text);

}  // namespace fat
