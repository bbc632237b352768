#include "people/elog_client.hpp"

#include <memory>

#include <fmt/format.h>

#include "people/transfer.hpp"

namespace fat {

namespace {

constexpr std::size_t kLongestPage = 4U << 20U;

struct FreeForm {
  void operator()(curl_mime* form) const noexcept { curl_mime_free(form); }
};

using Form = std::unique_ptr<curl_mime, FreeForm>;

std::size_t keep_page(const char* data, std::size_t, std::size_t length, void* target) {
  auto& page = *static_cast<std::string*>(target);
  if (page.size() + length > kLongestPage) {
    return 0;  // ends the transfer
  }
  page.append(data, length);
  return length;
}

std::string address_of(const RemoteLogbook& logbook) {
  return fmt::format("{}/{}/", logbook.url, escaped_in_url(logbook.logbook));
}

// NOLINTBEGIN(cppcoreguidelines-pro-type-vararg): libcurl's interface
ElogAnswer perform(CURL* handle, const std::string& url, const std::string& login) {
  ElogAnswer answer;
  // ELOG knows nothing of "100 Continue".
  const auto headers = lines_of({"Expect:"});
  curl_easy_setopt(handle, CURLOPT_URL, url.c_str());
  curl_easy_setopt(handle, CURLOPT_HTTPHEADER, headers.get());
  curl_easy_setopt(handle, CURLOPT_COOKIE, login.empty() ? nullptr : login.c_str());
  curl_easy_setopt(handle, CURLOPT_WRITEFUNCTION, keep_page);
  curl_easy_setopt(handle, CURLOPT_WRITEDATA, &answer.body);
  if (const auto code = curl_easy_perform(handle); code != CURLE_OK) {
    answer.error = fmt::format("{}: {}", host_of(url), curl_easy_strerror(code));
    return answer;
  }
  const char* location = nullptr;
  curl_easy_getinfo(handle, CURLINFO_RESPONSE_CODE, &answer.status);
  curl_easy_getinfo(handle, CURLINFO_REDIRECT_URL, &location);
  answer.location = location == nullptr ? "" : location;
  return answer;
}

void add_part(curl_mime* form, const std::string& name, const std::string& value) {
  auto* const part = curl_mime_addpart(form);
  curl_mime_name(part, name.c_str());
  curl_mime_data(part, value.c_str(), value.size());
}

}  // namespace

ElogAnswer ElogClient::submit(const ElogFields& fields,
                              const std::vector<ElogFile>& files,
                              const std::stop_token& stop) const {
  const auto transfer = new_transfer(limits_, "http,https", stop);
  if (!transfer) {
    return {.error = "libcurl cannot be used"};
  }
  const Form form{curl_mime_init(transfer.get())};
  for (const auto& [name, value] : fields) {
    add_part(form.get(), name, value);
  }
  int number = 0;
  for (const auto& [name, file] : files) {
    auto* const part = curl_mime_addpart(form.get());
    curl_mime_name(part, fmt::format("attfile{}", ++number).c_str());
    curl_mime_filedata(part, file.c_str());
    curl_mime_filename(part, name.c_str());
  }
  curl_easy_setopt(transfer.get(), CURLOPT_MIMEPOST, form.get());
  return perform(transfer.get(), address_of(logbook_), login_);
}

ElogAnswer ElogClient::get(const std::string& path, const std::stop_token& stop) const {
  const auto transfer = new_transfer(limits_, "http,https", stop);
  if (!transfer) {
    return {.error = "libcurl cannot be used"};
  }
  return perform(transfer.get(), address_of(logbook_) + path, login_);
}

// NOLINTEND(cppcoreguidelines-pro-type-vararg)

std::string escaped_in_url(const std::string& text) {
  char* const escaped = curl_easy_escape(nullptr, text.c_str(), static_cast<int>(text.size()));
  std::string result = escaped == nullptr ? "" : escaped;
  curl_free(escaped);
  return result;
}

}  // namespace fat
