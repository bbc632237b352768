// Values of [listen] and [users] -> where the dashboard listens and who may log in.
#include "plan/web_keys.hpp"

#include <algorithm>
#include <cctype>

#include "fat/model/quantity.hpp"
#include "plan/raw_text.hpp"

namespace fat {

namespace {

constexpr Microseconds kShortestSession = std::chrono::minutes{1};
constexpr Microseconds kLongestSession = std::chrono::hours{24 * 90};
constexpr std::size_t kMostNames = 20;

void read_path_of_listen(const IniKey& key,
                         const char* what,
                         const std::filesystem::path& folder,
                         std::filesystem::path& target,
                         SectionReport& report) {
  if (key.value.empty() || has_control_character(key.value)) {
    report.wrong(key, what);
    return;
  }
  target = (folder / key.value).lexically_normal();
}

bool is_host_name(const std::string& name) {
  return name.size() <= 253 && name.front() != '.' && name.front() != '-' &&
         std::ranges::all_of(name, [](unsigned char letter) {
           return std::isalnum(letter) != 0 || letter == '.' || letter == '-';
         });
}

}  // namespace

void read_listen_address(const IniKey& key, StationFile& file, SectionReport& report) {
  const auto address = parse_listen_address(key.value);
  if (!address) {
    report.wrong(key,
                 "a number and a port such as '127.0.0.1:8080', '[::1]:8080' or '0.0.0.0:8443'");
    return;
  }
  file.station.listen.address = *address;
}

void read_listen_certificate(const IniKey& key, StationFile& file, SectionReport& report) {
  read_path_of_listen(key,
                      "the path of a certificate with its chain (PEM)",
                      file.station.folder,
                      file.station.listen.certificate,
                      report);
}

void read_listen_key(const IniKey& key, StationFile& file, SectionReport& report) {
  read_path_of_listen(key,
                      "the path of the certificate's key (PEM)",
                      file.station.folder,
                      file.station.listen.key,
                      report);
}

void read_listen_names(const IniKey& key, StationFile& file, SectionReport& report) {
  auto names = list_items(key.value);
  if (names.empty() || names.size() > kMostNames || !std::ranges::all_of(names, is_host_name)) {
    report.wrong(key, "host names such as 'lab.example.org, lab', without a port");
    return;
  }
  file.station.listen.names = std::move(names);
}

void read_users_file(const IniKey& key, StationFile& file, SectionReport& report) {
  read_path_of_listen(key,
                      "the path of the file that `fatmaster user` writes",
                      file.station.folder,
                      file.station.users.file,
                      report);
}

void read_session(const IniKey& key, StationFile& file, SectionReport& report) {
  const auto length = parse_duration(key.value);
  if (!length || *length < kShortestSession || *length > kLongestSession) {
    report.wrong(key, "a duration from 1 min to 90 d with its unit, such as '12 h'");
    return;
  }
  file.station.users.session = *length;
}

void check_listen(const IniSection& section, SectionReport& report) {
  const bool certificate = find_key(section, "certificate") != nullptr;
  if (certificate != (find_key(section, "key") != nullptr)) {
    report.error("TLS needs both certificate and key");
  }
}

}  // namespace fat
