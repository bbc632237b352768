// Who is connected: a bounded number, of all and of each address. Where there is no room, the one
// that has been idle for longest goes. Used by one thread.
#pragma once

#include <cstddef>
#include <list>
#include <memory>

#include "web/wire.hpp"

namespace fat {

struct ConnectionRow {
  Wire* wire = nullptr;
  bool idle = true;
  bool dropped = false;
};

class OpenConnections {
 public:
  OpenConnections(std::size_t most, std::size_t of_address)
      : most_(most), of_address_(of_address) {}

  /// A connection's place; given back when it goes.
  class Place {
   public:
    Place(OpenConnections& all, Wire& wire);
    ~Place();
    Place(const Place&) = delete;
    Place& operator=(const Place&) = delete;

    /// It is being answered: it stays.
    void busy();
    /// It has sent no complete request since now.
    void idle();

   private:
    OpenConnections& all_;
    std::list<ConnectionRow>::iterator row_;
  };

  /// nullptr: there is no room, and nobody who is idle.
  std::unique_ptr<Place> admit(Wire& wire);

  std::size_t count() const { return rows_.size(); }

  /// Nobody new, and nobody who has no answer to wait for.
  void close();

  bool closed() const { return closed_; }

 private:
  bool make_room(std::size_t most, const std::string* address);

  std::size_t most_, of_address_;
  bool closed_ = false;
  std::list<ConnectionRow> rows_;  ///< idle ones in the order in which they became so
};

}  // namespace fat
