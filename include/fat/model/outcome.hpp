// What is said about an attempt (Outcome) and about a detector module (Verdict). Never mixed.
#pragma once

#include <optional>
#include <string_view>

namespace fat {

/// How an attempt, or a step as a whole, ended. Speaks about us, never about a module.
enum class Outcome { Done, Errored, Skipped, Interrupted, Aborted };

std::string_view to_string(Outcome outcome);
std::optional<Outcome> parse_outcome(std::string_view text);

/// What the measurements say about a module, from harmless to worst; the worst wins upward.
enum class Verdict { NotRun, Passed, Marginal, Inconclusive, Failed };

std::string_view to_string(Verdict verdict);
std::optional<Verdict> parse_verdict(std::string_view text);
Verdict worst(Verdict one, Verdict other);

}  // namespace fat
