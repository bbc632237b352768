#include "fat/model/reading.hpp"

#include "model/words.hpp"

namespace fat {

std::string_view to_string(ReadingState state) {
  switch (state) {
    case ReadingState::Ok:
      return "ok";
    case ReadingState::None:
      return "none";
    case ReadingState::Failed:
      return "failed";
    case ReadingState::OutOfRange:
      return "out of range";
    case ReadingState::Stale:
      return "stale";
    case ReadingState::Lent:
      return "lent";
  }
  return kNoSuchWord;
}

}  // namespace fat
