#include "fat/store/known_lengths.hpp"

#include "store/database.hpp"
#include "store/journal_schema.hpp"

namespace fat {

namespace {

std::vector<Microseconds> lengths_from(store::Statement& statement,
                                       const std::string& about,
                                       std::int64_t before) {
  const store::Reading reading{statement};
  statement.bind(1, about).bind(2, before);
  std::vector<Microseconds> lengths;
  while (statement.step()) {
    lengths.emplace_back(statement.integer(0));
  }
  return lengths;
}

}  // namespace

struct KnownLengths::Parts {
  Parts(const std::filesystem::path& journal, std::int64_t event)
      : database(store::open_for_reading(journal, {})),
        of_step(database.handle(),
                "SELECT ran_us FROM durations WHERE fingerprint = ?1 AND event < ?2 "
                "ORDER BY event DESC LIMIT 20"),
        of_task(database.handle(),
                "SELECT ran_us FROM durations WHERE task = ?1 AND event < ?2 "
                "ORDER BY event DESC LIMIT 20"),
        before(event) {}

  store::Database database;
  store::Statement of_step, of_task;
  std::int64_t before;
};

KnownLengths::KnownLengths(const std::filesystem::path& journal, std::int64_t before)
    : parts_(std::make_unique<Parts>(journal, before)) {}

KnownLengths::~KnownLengths() = default;

std::vector<Microseconds> KnownLengths::of_step(const std::string& fingerprint) const {
  return lengths_from(parts_->of_step, fingerprint, parts_->before);
}

std::vector<Microseconds> KnownLengths::of_task(const std::string& task) const {
  return lengths_from(parts_->of_task, task, parts_->before);
}

}  // namespace fat
