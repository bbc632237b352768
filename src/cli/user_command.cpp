#include "cli/user_command.hpp"

#include <algorithm>
#include <array>
#include <fstream>
#include <iostream>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "cli/exit_code.hpp"
#include "cli/hidden_line.hpp"
#include "cli/print.hpp"
#include "cli/station_context.hpp"
#include "fat/model/plain_text.hpp"
#include "fat/model/suggestion.hpp"
#include "fat/web/user_book.hpp"
#include "fat/web/web_server.hpp"

namespace fat {

namespace {

using File = std::filesystem::path;

constexpr std::size_t kShownName = 80;

std::string given_name(const Invocation& invocation) {
  const auto name = invocation.arguments.value("NAME");
  if (name.empty()) {
    throw UsageError{"fatmaster user: who? Give the NAME of the user"};
  }
  if (const auto problem = problem_of_user_name(name); !problem.empty()) {
    throw UsageError{
        fmt::format("fatmaster user: '{}': {}", plain_text(name, kShownName), problem)};
  }
  return name;
}

Role given_role(const Invocation& invocation) {
  const auto word = invocation.arguments.value("role");
  if (const auto role = role_of_word(word)) {
    return *role;
  }
  throw UsageError{
      "fatmaster user: --role is viewer (may look), operator (may steer the run) or expert"};
}

/// The first line of a file, or of standard input.
std::string password_in(const std::string& path) {
  std::string line;
  if (path == "-") {
    std::getline(std::cin, line);
  } else {
    std::ifstream file{path, std::ios::binary};
    if (!file) {
      throw CommandError{kExitFileWrong, fmt::format("{} cannot be read", path)};
    }
    std::getline(file, line);
  }
  if (line.ends_with('\r')) {
    line.pop_back();
  }
  return line;
}

std::string typed_password(const std::string& name) {
  const auto once = read_hidden_line(fmt::format("password for {}: ", name));
  const auto again = once ? read_hidden_line("the same again: ") : std::nullopt;
  if (!again) {
    throw UsageError{
        "fatmaster user: no password; type it on a terminal, or give --password-file FILE (- is "
        "standard input)"};
  }
  if (*once != *again) {
    throw UsageError{"fatmaster user: the two are not the same; nothing was changed"};
  }
  return *once;
}

std::string new_password_hash(const Invocation& invocation, const std::string& name) {
  const auto path = invocation.arguments.value("password-file");
  const auto password = path.empty() ? typed_password(name) : password_in(path);
  if (const auto problem = problem_of_password(password); !problem.empty()) {
    throw UsageError{"fatmaster user: " + problem};
  }
  return hashed_password(password);
}

WebUser& known_user(UserBook& book, const std::string& name) {
  const auto found = std::ranges::find(book.users, name, &WebUser::name);
  if (found != book.users.end()) {
    return *found;
  }
  std::vector<std::string> names;
  std::ranges::transform(book.users, std::back_inserter(names), &WebUser::name);
  throw CommandError{kExitUsage,
                     fmt::format("there is no user {}{}", name, did_you_mean(name, names))};
}

/// It is shown once: what is kept of it does not give it back.
void show_token(const std::string& name, const std::string& token) {
  std::cerr << fmt::format(
      "a token for {}, shown this once; a script sends it as `Authorization: Bearer TOKEN`:\n",
      name);
  print(token);
}

int add(const Invocation& invocation, const File& file) {
  const auto& arguments = invocation.arguments;
  WebUser user{.name = given_name(invocation), .role = given_role(invocation)};
  if (read_user_book(file).find(user.name) != nullptr) {
    throw CommandError{kExitRefused,
                       fmt::format("there is a user {} already; `fatmaster user password {}` gives "
                                   "another password, `user token {}` a token",
                                   user.name,
                                   user.name,
                                   user.name)};
  }
  std::string token;
  if (arguments.has("token")) {
    token = random_token();
    user.tokens.push_back(hash_of_token(token));
  }
  if (token.empty() || arguments.has("password-file")) {
    user.password = new_password_hash(invocation, user.name);
  }
  change_user_book(file, [&user](UserBook& book) {
    std::erase_if(book.users, [&](const WebUser& other) { return other.name == user.name; });
    book.users.push_back(user);
  });
  if (!token.empty()) {
    show_token(user.name, token);
  }
  std::cerr << fmt::format(
      "{} may log in as {}; `fatmaster serve` knows it at once\n", user.name, role_word(user.role));
  return kExitDone;
}

int remove(const Invocation& invocation, const File& file) {
  const auto name = given_name(invocation);
  change_user_book(file, [&name](UserBook& book) {
    const auto& user = known_user(book, name);
    book.users.erase(book.users.begin() + (&user - book.users.data()));
  });
  std::cerr << fmt::format("{} may not log in any more, and is logged out\n", name);
  return kExitDone;
}

int change_password(const Invocation& invocation, const File& file) {
  const auto name = given_name(invocation);
  auto before = read_user_book(file);
  known_user(before, name);
  const auto hash = new_password_hash(invocation, name);
  change_user_book(file, [&](UserBook& book) { known_user(book, name).password = hash; });
  std::cerr << fmt::format("{} has a new password, and is logged out\n", name);
  return kExitDone;
}

int change_tokens(const Invocation& invocation, const File& file) {
  const auto name = given_name(invocation);
  const bool revoke = invocation.arguments.has("revoke");
  const auto token = random_token();
  change_user_book(file, [&](UserBook& book) {
    auto& tokens = known_user(book, name).tokens;
    if (revoke) {
      tokens.clear();
      return;
    }
    tokens.push_back(hash_of_token(token));
  });
  if (revoke) {
    std::cerr << fmt::format("no token of {} is good any more\n", name);
    return kExitDone;
  }
  show_token(name, token);
  return kExitDone;
}

int list(const Invocation& invocation, const File& file) {
  auto rows = nlohmann::ordered_json::array();
  std::string text;
  for (const auto& user : read_user_book(file).users) {
    rows.push_back({{"name", user.name},
                    {"role", role_word(user.role)},
                    {"password", !user.password.empty()},
                    {"tokens", user.tokens.size()}});
    text += fmt::format("{:<20} {:<9} {}{} token{}\n",
                        user.name,
                        role_word(user.role),
                        user.password.empty() ? "" : "password, ",
                        user.tokens.size(),
                        user.tokens.size() == 1 ? "" : "s");
  }
  if (invocation.arguments.has("json")) {
    print(rows.dump());
    return kExitDone;
  }
  print(text.empty() ? "no users; `fatmaster user add NAME --role operator` makes one" : text);
  return kExitDone;
}

struct UserAction {
  const char* name;
  int (*function)(const Invocation&, const File&);
};

constexpr std::array kUserActions{UserAction{"add", add},
                                  UserAction{"remove", remove},
                                  UserAction{"list", list},
                                  UserAction{"password", change_password},
                                  UserAction{"token", change_tokens}};

int user(const Invocation& invocation) {
  const auto word = invocation.arguments.value("CHANGE");
  const auto* const action = std::ranges::find_if(
      kUserActions, [&](const UserAction& known) { return word == known.name; });
  if (action == kUserActions.end()) {
    throw UsageError{fmt::format(
        "fatmaster user: there is no '{}'{}; there are: add, remove, list, password, token",
        plain_text(word, kShownName),
        did_you_mean(word, {"add", "remove", "list", "password", "token"}))};
  }
  const auto file = open_station(invocation).station.users.file;
  try {
    return action->function(invocation, file);
  } catch (const WebError& error) {
    throw CommandError{kExitFileWrong, error.what()};
  }
}

}  // namespace

Command user_command() {
  return {
      .name = "user",
      .summary = "who may log in to the dashboard, and do what",
      .details =
          "`user add NAME --role viewer|operator|expert` asks for a password; with --token it "
          "prints "
          "a token for scripts instead.\n`user password NAME`, `user token NAME [--revoke]`, `user "
          "remove NAME`, `user list`. Kept are hashes only, in users.json ([users] file of\n"
          "station.ini), readable by its owner alone. A server that runs knows every change within "
          "a "
          "second: who was removed is logged out.",
      .options = {{.name = "CHANGE",
                   .value = {},
                   .help = "add, remove, list, password or token",
                   .required = true},
                  {.name = "NAME",
                   .value = {},
                   .help = "of the user: letters, digits, '.', '-', '_'"},
                  {.name = "--role",
                   .value = "viewer|operator|expert",
                   .help = "of `add`: may look, may steer the run, may do everything"},
                  {.name = "--token", .value = {}, .help = "of `add`: a token, no password"},
                  {.name = "--revoke", .value = {}, .help = "of `token`: all of NAME are void"},
                  {.name = "--password-file",
                   .value = "FILE",
                   .help = "whose first line is the password; - is standard input"},
                  {.name = "--json", .value = {}, .help = "of `list`: for programs"}},
      .function = user};
}

}  // namespace fat
