// The table of routes -> the OpenAPI 3.1 document that describes them.
#pragma once

#include <string>

namespace fat {

/// Made once.
const std::string& open_api_text();

}  // namespace fat
