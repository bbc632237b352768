// Numbers and pictures of a measurement -> files of the attempt, told as artifacts.
#pragma once

#include <filesystem>
#include <span>
#include <string>
#include <vector>

#include "fat/ports/task.hpp"

namespace fat {

/// One column of a table: "charge", "pC" and its values.
struct Column {
  std::string name, unit;
  std::vector<double> values;
};

/// The folder where a task's files go. Made by hand (no attempt) it is a new one in the current
/// folder, TASK_YYYYMMDD_NN. Throws std::filesystem::filesystem_error.
class DataFiles {
 public:
  DataFiles(const TaskContext& context, const std::string& task);

  const std::filesystem::path& folder() const { return folder_; }

  /// CSV; the first line names the columns with their units, "charge [pC]". Columns are equally
  /// long. Throws std::runtime_error when it cannot be written.
  void write_table(const std::string& name, std::span<const Column> columns) const;
  /// Throws std::runtime_error when it cannot be written.
  void write_picture(const std::string& name, const std::string& svg) const;

 private:
  void write(const std::string& name, const std::string& text, const char* mime) const;

  const TaskContext& context_;
  std::filesystem::path folder_;
};

}  // namespace fat
