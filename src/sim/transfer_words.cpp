// Words of iceboot that move bytes: files of the flash, memory of the FPGA, pictures of the cameras
// (reference section 2).
#include <fmt/format.h>
#include <zlib.h>

#include "sim/module_words.hpp"

namespace fat {
namespace {

constexpr std::int64_t kMostWords = std::int64_t{1} << 19U;
constexpr std::int64_t kMostPicture = std::int64_t{1} << 22U;
constexpr std::size_t kPicturePiece = 4096;
constexpr int kCameraMask = 1;

std::int64_t pop_count(Forth& words, std::int64_t most) {
  const auto count = words.pop();
  if (count < 0 || count > most) {
    throw ForthError{"ERROR size"};
  }
  return count;
}

void append_word(std::string& bytes, unsigned value) {
  bytes += static_cast<char>(value & 0xffU);
  bytes += static_cast<char>(value >> 8U & 0xffU);
}

/// What stands at an address, the same each time.
std::string memory_words(std::int64_t address, std::int64_t count) {
  std::string bytes;
  bytes.reserve(static_cast<std::size_t>(2 * count));
  for (std::int64_t at = 0; at < count; ++at) {
    append_word(bytes, static_cast<unsigned>(address + at) * 40'503U);
  }
  return bytes;
}

/// A dark picture that is brighter towards its end.
std::string picture(std::int64_t size) {
  std::string bytes(static_cast<std::size_t>(size), '\0');
  for (std::size_t at = 0; at < bytes.size(); ++at) {
    bytes[at] = static_cast<char>(16 + (at * 96 / bytes.size()) + (at * 7919 % 5));
  }
  return bytes;
}

/// As gzip would write it.
std::string zipped(std::string bytes) {
  constexpr int gzip_window = 15 + 16;
  constexpr int memory_level = 8;
  z_stream stream{};
  if (deflateInit2(&stream,
                   Z_DEFAULT_COMPRESSION,
                   Z_DEFLATED,
                   gzip_window,
                   memory_level,
                   Z_DEFAULT_STRATEGY) != Z_OK) {
    throw ForthError{"ERROR memory"};
  }
  std::string small(deflateBound(&stream, bytes.size()), '\0');
  // NOLINTBEGIN(cppcoreguidelines-pro-type-reinterpret-cast): zlib's bytes are unsigned
  stream.next_in = reinterpret_cast<Bytef*>(bytes.data());
  stream.next_out = reinterpret_cast<Bytef*>(small.data());
  // NOLINTEND(cppcoreguidelines-pro-type-reinterpret-cast)
  stream.avail_in = static_cast<uInt>(bytes.size());
  stream.avail_out = static_cast<uInt>(small.size());
  deflate(&stream, Z_FINISH);
  small.resize(stream.total_out);
  deflateEnd(&stream);
  return small;
}

/// Pieces with their length before them; 0xFFFF is the end.
std::string in_pieces(std::string_view bytes) {
  std::string pieces;
  for (std::size_t at = 0; at < bytes.size(); at += kPicturePiece) {
    const auto piece = bytes.substr(at, kPicturePiece);
    append_word(pieces, static_cast<unsigned>(piece.size()));
    pieces += piece;
  }
  append_word(pieces, 0xffff);
  return pieces;
}

void define_files(Forth& forth, ModuleModel& model, BoardState& board) {
  forth.define("flashCat", [&model](Forth& words) {
    const auto file = words.pop_text();
    const auto content = model.file_content(file);
    if (!content) {
      throw ForthError{fmt::format("Error: no such file: '{}'", file)};
    }
    words.print_bytes(*content + "\r\n");
  });
  forth.define("ymodemFlashUpload", [&board](Forth& words) {
    const auto file = words.pop_text();
    if (!board.place.flash_allowed) {
      throw ForthError{"ERROR flash interlock"};
    }
    board.upload_name = file;
    words.print_bytes(board.upload.begin());
  });
}

void define_memory(Forth& forth) {
  for (const auto* const name : {"dumpFPGA", "dumpDDR3"}) {
    forth.define(name, [](Forth& words) {
      const auto count = pop_count(words, kMostWords);
      words.print_bytes(memory_words(words.pop(), count) + "\r\n");
    });
  }
}

void define_cameras(Forth& forth, const ModuleModel& model, BoardState& board) {
  const auto require_camera = [&board] {
    if (!board.calibration_power || (board.calibration_mask & kCameraMask) == 0) {
      throw ForthError{"ERROR camera has no power"};
    }
  };
  forth.define("getCameraID", [require_camera, &model](Forth& words) {
    require_camera();
    words.print_line("0x" + model.identity().icm_id);
  });
  forth.define("sendCameraImage", [require_camera](Forth& words) {
    require_camera();
    words.print_bytes(picture(pop_count(words, kMostPicture)));
  });
  forth.define("sendGZCameraImage", [require_camera](Forth& words) {
    require_camera();
    words.print_bytes(in_pieces(zipped(picture(pop_count(words, kMostPicture)))));
  });
}

}  // namespace

void define_transfer_words(Forth& forth, ModuleModel& model, BoardState& board) {
  define_files(forth, model, board);
  define_memory(forth);
  define_cameras(forth, model, board);
}

}  // namespace fat
