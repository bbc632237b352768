// What all routes share: a text -> an answer; a word of a query -> a number; what went wrong -> a
// status.
#pragma once

#include <cstdint>
#include <optional>
#include <stdexcept>
#include <string>

#include "fat/model/instant.hpp"
#include "fat/web/api.hpp"

namespace fat {

/// Ends an answer with that status and a sentence.
class ApiRefused : public std::runtime_error {
 public:
  ApiRefused(int status, const std::string& text) : std::runtime_error(text), status_(status) {}

  int status() const { return status_; }

 private:
  int status_;
};

ApiAnswer json_answer(std::string body, int status = 200);

/// {"text": ...}
ApiAnswer refusal_answer(int status, const std::string& text);

/// Empty when it was not given.
std::string query_text(const ApiRequest& request, const char* name);
/// nullopt when it was not given. Throws ApiRefused when it is no whole number of at most `most`.
std::optional<std::uint64_t> query_number(const ApiRequest& request,
                                          const char* name,
                                          std::uint64_t most);
/// "1" or "true".
bool query_flag(const ApiRequest& request, const char* name);

/// A part of a path. Throws ApiRefused (404) when it is no whole number of at most `most`.
std::uint64_t part_number(const ApiRequest& request, std::size_t part, std::uint64_t most);

/// "2026-11-21T20:19:54.621220Z", or without the fraction; nullopt when it is not one.
std::optional<WallTime> moment_of_iso(const std::string& text);

}  // namespace fat
