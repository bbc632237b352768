// How an attempt came to its end -> the event that says so.
#pragma once

#include <filesystem>
#include <string>

#include "fat/model/event.hpp"
#include "fat/model/exit_record.hpp"

namespace fat {

/// By itself or ended by its shim. Of one that errored the reason ends with the last line it
/// printed: what a shifter looks for first.
AttemptEnded ending_of(const AttemptKey& key,
                       const ExitRecord& record,
                       EndCause cause,
                       const std::filesystem::path& attempt_folder);

/// Nobody knows how far it came, or that it never began.
AttemptEnded interrupted_attempt(const AttemptKey& key, EndCause cause, std::string reason);

/// It could not be started at all.
AttemptEnded refused_attempt(const AttemptKey& key, std::string reason);

/// Somebody ended the attempt while its intent waited for the journal: it does not start any more.
AttemptEnded never_began(const AttemptKey& key);

}  // namespace fat
