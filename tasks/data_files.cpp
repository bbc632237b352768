// Numbers and pictures of a measurement -> files of the attempt, told as artifacts.
#include "data_files.hpp"

#include <fstream>
#include <stdexcept>

#include <fmt/chrono.h>
#include <fmt/format.h>

namespace fat {
namespace {

std::filesystem::path new_folder(const TaskContext& context, const std::string& task) {
  const auto seconds =
      std::chrono::duration_cast<std::chrono::seconds>(context.clock.now().wall.time_since_epoch());
  const auto day = fmt::localtime(static_cast<std::time_t>(seconds.count()));
  for (int number = 0;; ++number) {
    const auto folder =
        std::filesystem::current_path() / fmt::format("{}_{:%Y%m%d}_{:02}", task, day, number);
    if (std::filesystem::create_directory(folder)) {
      return folder;
    }
  }
}

}  // namespace

DataFiles::DataFiles(const TaskContext& context, const std::string& task)
    : context_(context),
      folder_(context.folder.empty() ? new_folder(context, task) : context.folder) {}

void DataFiles::write(const std::string& name, const std::string& text, const char* mime) const {
  const auto file = folder_ / name;
  std::ofstream stream{file, std::ios::binary};
  stream << text;
  stream.close();
  if (!stream) {
    throw std::runtime_error("cannot write " + file.string());
  }
  context_.reporter.report(ArtifactReport{name, mime});
}

void DataFiles::write_table(const std::string& name, std::span<const Column> columns) const {
  std::string text;
  const auto line_of = [&](const auto& cell) {
    for (std::size_t i = 0; i < columns.size(); ++i) {
      text += (i == 0 ? "" : ",") + cell(columns[i]);
    }
    text += '\n';
  };
  line_of([](const Column& column) {
    return column.unit.empty() ? column.name : fmt::format("{} [{}]", column.name, column.unit);
  });
  for (std::size_t row = 0; row < columns.front().values.size(); ++row) {
    line_of([row](const Column& column) { return fmt::format("{:.10g}", column.values.at(row)); });
  }
  write(name, text, "text/csv");
}

void DataFiles::write_picture(const std::string& name, const std::string& svg) const {
  write(name, svg, "image/svg+xml");
}

}  // namespace fat
