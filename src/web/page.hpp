// The address of a file of the page -> that file, compressed for whoever reads that, or word that
// the browser has it already.
#pragma once

#include <map>
#include <span>
#include <string>

#include "web/page_files.hpp"
#include "web/request_reader.hpp"
#include "web/response.hpp"
#include "web/target.hpp"

namespace fat {

class Page {
 public:
  /// Compresses them.
  explicit Page(std::span<const PageFile> files);

  /// Whether the address is one of the page's, or "/".
  bool has(const Target& target) const;

  /// REQUIRES: `has`.
  Response answer(const Target& target, const HttpRequest& request) const;

 private:
  struct Ready {
    std::string type, mark, plain, packed;
  };

  std::map<std::string, Ready> files_;  ///< by name
};

/// In gzip's form.
std::string packed(std::string_view bytes);

}  // namespace fat
