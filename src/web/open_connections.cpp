// Who is connected: a bounded number.
#include "web/open_connections.hpp"

#include <algorithm>

namespace fat {

OpenConnections::Place::Place(OpenConnections& all, Wire& wire)
    : all_(all), row_(all.rows_.insert(all.rows_.end(), ConnectionRow{.wire = &wire})) {}

OpenConnections::Place::~Place() {
  all_.rows_.erase(row_);
}

void OpenConnections::Place::busy() {
  row_->idle = false;
}

void OpenConnections::Place::idle() {
  row_->idle = true;
  all_.rows_.splice(all_.rows_.end(), all_.rows_, row_);
}

bool OpenConnections::make_room(std::size_t most, const std::string* address) {
  const auto counts = [address](const ConnectionRow& row) {
    return !row.dropped && (address == nullptr || row.wire->peer().address == *address);
  };
  if (static_cast<std::size_t>(std::ranges::count_if(rows_, counts)) < most) {
    return true;
  }
  const auto oldest = std::ranges::find_if(
      rows_, [&](const ConnectionRow& row) { return row.idle && counts(row); });
  if (oldest == rows_.end()) {
    return false;
  }
  oldest->dropped = true;
  oldest->wire->drop();
  return true;
}

std::unique_ptr<OpenConnections::Place> OpenConnections::admit(Wire& wire) {
  const auto& address = wire.peer().address;
  if (closed_ || !make_room(of_address_, &address) || !make_room(most_, nullptr)) {
    return nullptr;
  }
  return std::make_unique<Place>(*this, wire);
}

void OpenConnections::close() {
  closed_ = true;
  for (const auto& row : rows_) {
    if (row.idle) {
      row.wire->drop();
    }
  }
}

}  // namespace fat
