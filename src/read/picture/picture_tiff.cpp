// SPDX-License-Identifier: GPL-3.0-or-later
#include <fmt/format.h>
#include <tiffio.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <mutex>
#include <string_view>
#include <thread>
#include <utility>

#include "base/path.h"
#include "base/threads.h"
#include "metadata/tiff_fields.h"
#include "read/picture/picture_file.h"
#include "read/picture/tiff_layout.h"
#include "read/picture/tiff_session.h"
#include "read/tiff_directory.h"

namespace latent::read {

namespace {

constexpr std::size_t kMostBlockBytes = std::size_t{1} << 30U;

template <class T>
void invert_colours(std::span<T> row, int channels, int colours) {
  for (std::size_t i = 0; i < row.size(); ++i) {
    if (static_cast<int>(i) % channels >= colours) continue;
    if constexpr (std::is_floating_point_v<T>) {
      row[i] = 1 - row[i];
    } else {
      row[i] = static_cast<T>(std::numeric_limits<T>::max() - row[i]);
    }
  }
}

/// Puts decoded rows where they belong in a picture.
///
/// Threads  put() from several at once, for rows or columns that do not overlap.
class RowPlacer {
 public:
  RowPlacer(Picture& picture, const TiffLayout& layout) : picture_(picture), layout_(layout) {}

  /// `width` pixels from column x of row y on; of one channel where the layout is planar.
  void put(const std::uint8_t* from, int x, int y, int width, int plane) {
    std::visit(
        [&](auto& image) {
          using T = std::remove_reference_t<decltype(image.view().row(0)[0])>;
          const auto channels = static_cast<std::size_t>(image.channels());
          const auto part = image.view().row(y).subspan(static_cast<std::size_t>(x) * channels,
                                                        static_cast<std::size_t>(width) * channels);
          if (layout_.palette) {
            put_colours(from, part);
          } else {
            put_samples<T>(from, part, plane);
          }
        },
        picture_.samples);
  }

  [[nodiscard]] bool exact() const { return exact_; }

 private:
  template <class T>
  void put_samples(const std::uint8_t* from, std::span<T> part, int plane) {
    const auto channels = static_cast<std::size_t>(picture_.channels());
    const auto at = layout_.planar ? static_cast<std::size_t>(plane) : 0;
    const SampleRow<T> row = layout_.planar
                                 ? SampleRow<T>{part.data() + at, part.size() / channels, channels}
                                 : SampleRow<T>{part.data(), part.size(), 1};
    if (!widen_samples(from, layout_.stored, row)) exact_ = false;
    // A planar picture with 0 at white is grey with alpha: its first plane is the grey.
    if (!layout_.inverted || (layout_.planar && plane > 0)) return;
    invert_colours(part, picture_.channels(), picture_.colours);
  }

  template <class T>
  void put_colours(const std::uint8_t* from, std::span<T> part) {
    std::vector<std::uint16_t> numbers(part.size() / 3);
    read_numbers(from, layout_.stored.bits, numbers);
    for (std::size_t i = 0; i < numbers.size(); ++i) {
      for (std::size_t c = 0; c < 3; ++c) {
        part[3 * i + c] = static_cast<T>(layout_.colours[c][numbers[i]]);
      }
    }
  }

  Picture& picture_;
  const TiffLayout& layout_;
  std::atomic<bool> exact_ = true;
};

/// One strip or tile on its way.
struct Block {
  std::uint32_t index = 0;
  Rect area;  ///< inside the picture
  int plane = 0;
};

/// The strips or tiles in the order of the file's lists.
class BlockGrid {
 public:
  BlockGrid(Size picture, const TiffLayout& layout)
      : picture_(picture),
        block_(layout.block),
        across_((picture.width + block_.width - 1) / block_.width),
        down_((picture.height + block_.height - 1) / block_.height),
        planes_(layout.planar ? layout.samples : 1) {}

  [[nodiscard]] std::int64_t count() const { return std::int64_t{across_} * down_ * planes_; }

  [[nodiscard]] Block at(std::int64_t index) const {
    const std::int64_t per_plane = std::int64_t{across_} * down_;
    const auto in_plane = static_cast<int>(index % per_plane);
    const Rect whole{in_plane % across_ * block_.width, in_plane / across_ * block_.height,
                     block_.width, block_.height};
    return {static_cast<std::uint32_t>(index),
            whole.intersection({0, 0, picture_.width, picture_.height}),
            static_cast<int>(index / per_plane)};
  }

 private:
  Size picture_;
  Size block_;
  int across_;
  int down_;
  int planes_;
};

/// Whether libtiff gave up because it does not know the coding, not because bytes are wrong.
bool does_not_know(std::string_view said) {
  constexpr std::array<std::string_view, 7> kWords{
      "nsupported", "not supported", "not implemented", "not configured",
      "Sorry",      "an not handle", "an't handle"};
  // These two say it of bytes that are wrong, too.
  const bool of_bytes = said.find("marker type") != said.npos || said.find("ZSTD") != said.npos;
  return !of_bytes && std::ranges::any_of(kWords, [&](std::string_view word) {
    return said.find(word) != said.npos;
  });
}

tl::unexpected<Error> broken(const TiffSession& session) {
  const std::string said = session.message();
  if (said.find("JPEG process") != said.npos && said.find("0xc3") != said.npos) {
    return fail(ErrorCode::Unsupported,
                "is compressed as lossless JPEG, which is not taken in a TIFF; save it with "
                "another compression such as deflate");
  }
  if (does_not_know(said)) {
    return fail(ErrorCode::Unsupported,
                "is compressed in a way that this libtiff does not decode (" + said +
                    "); save it with another compression such as deflate");
  }
  return fail(ErrorCode::Corrupt,
              "is cut short or damaged: its picture data break off or make no sense (libtiff: " +
                  session.message() + "); copy it again");
}

tl::unexpected<Error> not_converted(const char* reason) {
  return fail(ErrorCode::Unsupported, fmt::format("cannot be converted to RGB by libtiff ({}); "
                                                  "convert it with another program",
                                                  printable(reason)));
}

/// Decodes blocks with one libtiff handle.
class BlockDecoder {
 public:
  static Result<BlockDecoder> create(TiffSession& session, const TiffLayout& layout) {
    TIFF* tiff = session.handle();
    BlockDecoder decoder(session, layout);
    const std::uint64_t bytes = layout.tiled ? TIFFTileSize64(tiff) : TIFFStripSize64(tiff);
    const std::uint64_t pitch = layout.tiled ? TIFFTileRowSize64(tiff) : TIFFScanlineSize64(tiff);
    const auto row_samples = static_cast<std::uint64_t>(layout.block.width) *
                             static_cast<std::uint64_t>(layout.planar ? 1 : layout.samples);
    const std::uint64_t least = (row_samples * static_cast<unsigned>(layout.stored.bits) + 7) / 8;
    if (bytes > kMostBlockBytes) {
      return fail(ErrorCode::TooLarge,
                  "cannot be read: one of its strips or tiles is larger than 1 GiB; save it again "
                  "with smaller ones");
    }
    if (pitch < least || bytes / pitch < static_cast<std::uint64_t>(layout.block.height)) {
      return broken(session);
    }
    decoder.pitch_ = static_cast<std::size_t>(pitch);
    decoder.bytes_ =
        std::make_unique_for_overwrite<std::uint8_t[]>(static_cast<std::size_t>(bytes));
    return decoder;
  }

  Status decode(const Block& block, RowPlacer& placer) {
    LATENT_CHECK(fetch(block));
    for (int y = 0; y < block.area.height; ++y) {
      placer.put(bytes_.get() + static_cast<std::size_t>(y) * pitch_, block.area.x,
                 block.area.y + y, block.area.width, block.plane);
    }
    return {};
  }

  /// Decodes without placing.
  Status fetch(const Block& block) {
    const int rows = layout_->tiled ? layout_->block.height : block.area.height;
    const auto wanted = static_cast<tmsize_t>(pitch_ * static_cast<std::size_t>(rows));
    TIFF* tiff = session_->handle();
    const tmsize_t got = layout_->tiled
                             ? TIFFReadEncodedTile(tiff, block.index, bytes_.get(), wanted)
                             : TIFFReadEncodedStrip(tiff, block.index, bytes_.get(), wanted);
    if (got < wanted || session_->complained()) return broken(*session_);
    return {};
  }

 private:
  BlockDecoder(TiffSession& session, const TiffLayout& layout)
      : session_(&session), layout_(&layout) {}

  TiffSession* session_;
  const TiffLayout* layout_;
  std::size_t pitch_ = 0;
  std::unique_ptr<std::uint8_t[]> bytes_;
};

/// Blocks that several decoders take one after the other, until all are done or one has failed.
class BlockQueue {
 public:
  BlockQueue(const BlockGrid& grid, const RunControl& control) : grid_(grid), control_(control) {}

  void work(TiffSession& session, const TiffLayout& layout, RowPlacer& placer) {
    auto decoder = BlockDecoder::create(session, layout);
    if (!decoder) return give_up(std::move(decoder).error());
    while (!failed_) {
      const std::int64_t index = next_++;
      if (index >= grid_.count()) return;
      auto status = control_.check();
      if (status) status = decoder->decode(grid_.at(index), placer);
      if (!status) return give_up(std::move(status).error());
      const std::scoped_lock lock(mutex_);
      control_.report(static_cast<double>(++done_) / static_cast<double>(grid_.count()));
    }
  }

  void give_up(Error error) {
    const std::scoped_lock lock(mutex_);
    if (!failed_) error_ = std::move(error);
    failed_ = true;
  }

  [[nodiscard]] Status result() const {
    if (failed_) return tl::make_unexpected(error_);
    return {};
  }

 private:
  const BlockGrid& grid_;
  const RunControl& control_;
  std::atomic<std::int64_t> next_ = 0;
  std::atomic<bool> failed_ = false;
  std::mutex mutex_;
  std::int64_t done_ = 0;
  Error error_{};
};

class TiffPicture final : public PictureFile {
 public:
  TiffPicture(const ByteSource& source, const Limits& limits, std::unique_ptr<TiffSession> session,
              TiffHeader header)
      : source_(source), limits_(limits), session_(std::move(session)), header_(std::move(header)) {
    facts_ = header_.facts;
    state_orientation(header_.orientation);
  }

  Result<Picture> read(const RunControl& control) override {
    LATENT_CHECK(check_tiff_blocks(*session_, header_, source_.size()));
    LATENT_CHECK(try_first_block());
    LATENT_TRY(Picture picture, blank_picture(facts_, limits_));
    picture.alpha_associated = header_.alpha_associated;
    picture.resolution = header_.resolution;
    picture.warnings = std::move(header_.warnings);
    LATENT_CHECK(read_samples(picture, control));
    const bool is_float = header_.layout.stored.is_float;
    if (is_float && header_.icc.empty()) {
      picture.warnings.emplace_back(
          "it holds floats and no colour profile; the picture was taken for linear with the "
          "primaries of sRGB");
    }
    adopt_profile(picture, std::move(header_.icc),
                  is_float ? linear_profile(picture.colours) : usual_profile(picture.colours));
    return picture;
  }

 private:
  [[nodiscard]] bool has_long_strips() const {
    constexpr std::uint64_t kLongStrip = std::uint64_t{32} << 20U;
    return !header_.layout.tiled && TIFFStripSize64(session_->handle()) > kLongStrip;
  }

  /// Some codings (LERC, WebP, JBIG, fax) need next to no bytes for what is flat. So the beginning
  /// of a large picture is decoded before memory is taken for the whole.
  Status try_first_block() {
    constexpr std::int64_t kSmall = 16'000'000;
    const TiffLayout& layout = header_.layout;
    const bool sure = layout.compression == COMPRESSION_NONE || layout.by_libtiff;
    if (sure || facts_.size.area() < kSmall) return {};
    session_->begin_decoding(layout.old_jpeg);
    if (!has_long_strips()) {
      LATENT_TRY(BlockDecoder decoder, BlockDecoder::create(*session_, layout));
      return decoder.fetch(BlockGrid(facts_.size, layout).at(0));
    }
    TIFF* tiff = session_->handle();
    std::vector<std::uint8_t> row(static_cast<std::size_t>(TIFFScanlineSize64(tiff)));
    if (TIFFReadScanline(tiff, row.data(), 0, 0) != 1 || session_->complained()) {
      return broken(*session_);
    }
    return {};
  }

  Status read_samples(Picture& picture, const RunControl& control) {
    session_->begin_decoding(header_.layout.old_jpeg);
    if (header_.layout.by_libtiff) return read_by_libtiff(picture, control);
    RowPlacer placer(picture, header_.layout);
    if (has_long_strips()) {
      LATENT_CHECK(read_row_by_row(placer, control));
    } else {
      LATENT_CHECK(read_blocks(placer, control));
    }
    if (!placer.exact()) {
      picture.warnings.push_back(
          fmt::format("its {}-bit {} were rounded to 32-bit float", header_.layout.stored.bits,
                      header_.layout.stored.is_float ? "floats" : "integers"));
    }
    return {};
  }

  /// Helpers open the file a second time: a libtiff handle belongs to one thread.
  Status read_blocks(RowPlacer& placer, const RunControl& control) {
    const BlockGrid grid(facts_.size, header_.layout);
    BlockQueue queue(grid, control);
    LATENT_CHECK(run_on_threads(threads_for(grid), [&](int index) -> Status {
      if (index == 0) {
        queue.work(*session_, header_.layout, placer);
      } else {
        help(queue, placer);
      }
      return {};
    }));
    return queue.result();
  }

  void help(BlockQueue& queue, RowPlacer& placer) {
    try {
      auto session = TiffSession::open(source_, table_bytes(source_));
      if (!session) return;  // the first one goes on alone
      if (!select_tiff_page(**session, header_.layout)) return;
      (*session)->begin_decoding(header_.layout.old_jpeg);
      queue.work(**session, header_.layout, placer);
    } catch (const std::bad_alloc&) {
      queue.give_up({ErrorCode::TooLarge, "cannot be read: not enough memory", __FILE__, __LINE__});
    }
  }

  [[nodiscard]] int threads_for(const BlockGrid& grid) const {
    constexpr std::int64_t kSmall = 1'000'000;
    constexpr std::int64_t kMostThreads = 8;
    if (header_.layout.compression == COMPRESSION_NONE || facts_.size.area() < kSmall) return 1;
    const std::int64_t cores = threads_or_all(0);
    return static_cast<int>(
        std::clamp(std::min(cores, grid.count()), std::int64_t{1}, kMostThreads));
  }

  /// A strip that is most of the picture is not worth a second copy.
  Status read_row_by_row(RowPlacer& placer, const RunControl& control) {
    TIFF* tiff = session_->handle();
    const int planes = header_.layout.planar ? header_.layout.samples : 1;
    const auto row = std::make_unique_for_overwrite<std::uint8_t[]>(
        static_cast<std::size_t>(TIFFScanlineSize(tiff)));
    for (int plane = 0; plane < planes; ++plane) {
      for (int y = 0; y < facts_.size.height; ++y) {
        constexpr int kRowsBetweenChecks = 64;
        if (y % kRowsBetweenChecks == 0) {
          LATENT_CHECK(control.check());
          control.report((plane + static_cast<double>(y) / facts_.size.height) / planes);
        }
        if (TIFFReadScanline(tiff, row.get(), static_cast<std::uint32_t>(y),
                             static_cast<std::uint16_t>(plane)) != 1 ||
            session_->complained()) {
          return broken(*session_);
        }
        placer.put(row.get(), 0, y, facts_.size.width, plane);
      }
    }
    control.report(1);
    return {};
  }

  /// YCbCr that is not JPEG's, and the old JPEG: libtiff's own conversion, a block of rows at a
  /// time.
  Status read_by_libtiff(Picture& picture, const RunControl& control) {
    TIFF* tiff = session_->handle();
    TIFFRGBAImage rendering{};
    std::array<char, 1024> reason{};
    if (TIFFRGBAImageOK(tiff, reason.data()) != 1) return not_converted(reason.data());
    if (TIFFRGBAImageBegin(&rendering, tiff, 1, reason.data()) != 1) {
      return session_->complained() ? broken(*session_) : not_converted(reason.data());
    }
    const std::unique_ptr<TIFFRGBAImage, void (*)(TIFFRGBAImage*)> end(&rendering,
                                                                       TIFFRGBAImageEnd);
    rendering.req_orientation = rendering.orientation;  // as stored, not turned
    auto& image = std::get<Image<std::uint8_t>>(picture.samples);
    const int rows = std::min(header_.layout.block.height, facts_.size.height);
    std::vector<std::uint32_t> raster(static_cast<std::size_t>(facts_.size.width) *
                                      static_cast<std::size_t>(rows));
    for (int y = 0; y < facts_.size.height; y += rows) {
      LATENT_CHECK(control.check());
      control.report(static_cast<double>(y) / facts_.size.height);
      const int count = std::min(rows, facts_.size.height - y);
      rendering.row_offset = y;
      rendering.col_offset = 0;
      if (TIFFRGBAImageGet(&rendering, raster.data(), static_cast<std::uint32_t>(facts_.size.width),
                           static_cast<std::uint32_t>(count)) != 1 ||
          session_->complained()) {
        return broken(*session_);
      }
      copy_raster(raster, image.view().crop({0, y, facts_.size.width, count}));
    }
    return {};
  }

  static void copy_raster(const std::vector<std::uint32_t>& raster, ImageView<std::uint8_t> to) {
    const std::uint32_t* from = raster.data();
    for (int y = 0; y < to.height(); ++y) {
      for (int x = 0; x < to.width(); ++x, ++from) {
        to.at(x, y, 0) = static_cast<std::uint8_t>(TIFFGetR(*from));
        to.at(x, y, 1) = static_cast<std::uint8_t>(TIFFGetG(*from));
        to.at(x, y, 2) = static_cast<std::uint8_t>(TIFFGetB(*from));
      }
    }
  }

 public:
  /// What libtiff may allocate at once: the longest strip of the file, or a header's list.
  static std::size_t table_bytes(const ByteSource& source) {
    constexpr std::size_t kSpare = std::size_t{64} << 20U;
    return static_cast<std::size_t>(source.size()) + kSpare;
  }

 private:
  const ByteSource& source_;
  Limits limits_;
  std::unique_ptr<TiffSession> session_;
  TiffHeader header_;
};

/// Without its list of colours libtiff takes the numbers of a palette for grey, and says nothing.
Status check_palette(const ByteSource& source, const Limits& limits, const TiffHeader& header) {
  if (header.layout.palette) return {};
  const auto file = TiffFile::open(source, limits);
  const auto page = static_cast<std::size_t>(header.layout.page);
  if (!file || page >= file->directories().size()) return {};
  const auto model =
      file->integer(file->directories()[page].find(metadata::tag::kPhotometricInterpretation));
  if (model != PHOTOMETRIC_PALETTE) return {};
  return fail(
      ErrorCode::Corrupt,
      "is cut short or damaged: its pixels are numbers of colours, but it lists no colours; "
      "copy it again");
}

}  // namespace

OpenedPicture open_tiff_picture(const ByteSource& source, const Limits& limits) {
  LATENT_TRY(auto session, TiffSession::open(source, TiffPicture::table_bytes(source)));
  LATENT_TRY(TiffHeader header, read_tiff_header(*session, limits));
  LATENT_CHECK(check_palette(source, limits, header));
  return std::make_unique<TiffPicture>(source, limits, std::move(session), std::move(header));
}

}  // namespace latent::read
