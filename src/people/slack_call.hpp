// One call of Slack's Web API -> what Slack says to it.
#pragma once

#include <map>
#include <stop_token>
#include <string>
#include <utility>
#include <vector>

#include "fat/people/sink.hpp"
#include "people/transfer_limits.hpp"

namespace fat {

struct SlackAccess {
  std::string server;  ///< "https://slack.com/api"
  std::string token;
  TransferLimits limits;
};

struct SlackCall {
  std::string method;  ///< "chat.postMessage"
  std::string type;    ///< of the body
  std::string body;
  std::string key;  ///< of the post it is about
};

struct SlackReply {
  PostResult result;                         ///< delivered: Slack says ok
  std::map<std::string, std::string> words;  ///< the texts of a good answer, by their name
};

/// Slack's errors that pass by themselves: later; those about what was sent: rejected; all others
/// are about token or channel: misconfigured. The token stands in nothing it says.
SlackReply call_slack(const SlackAccess& access,
                      const SlackCall& call,
                      const std::stop_token& stop);

/// The body of a call with these arguments, of type application/x-www-form-urlencoded.
std::string form_of(const std::vector<std::pair<std::string, std::string>>& arguments);

}  // namespace fat
