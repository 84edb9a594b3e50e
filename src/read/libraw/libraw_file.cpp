// SPDX-License-Identifier: GPL-3.0-or-later
#include "read/libraw/libraw_file.h"

#include <fmt/format.h>
#include <libraw/libraw.h>

#include <algorithm>
#include <cstring>
#include <stop_token>

#include "read/libraw/extents.h"

namespace latent::read {

namespace {

/// The settings that moved from one struct to another with LibRaw 0.21.
auto& raw_settings(LibRaw& raw) {
#if LIBRAW_COMPILE_CHECK_VERSION_NOTLESS(0, 21)
  return raw.imgdata.rawparams;
#else
  return raw.imgdata.params;
#endif
}

/// Without these LibRaw reports trouble on stderr.
#if LIBRAW_COMPILE_CHECK_VERSION_NOTLESS(0, 21)
constexpr unsigned kSilent = LIBRAW_OPIONS_NO_DATAERR_CALLBACK;
#else
constexpr unsigned kSilent = LIBRAW_OPIONS_NO_DATAERR_CALLBACK | LIBRAW_OPIONS_NO_MEMERR_CALLBACK;
#endif

Result<LibRawHandle> create_libraw(const ByteSource& source) {
  // A camera's header takes some ten thousand calls; the most take a fraction of a second, and of a
  // small file a fraction of that.
  constexpr std::uint64_t kMostHeaderCalls = 5'000'000;
  constexpr std::uint64_t kOfAnyHeader = 300'000;
  constexpr std::uint64_t kOfEachByte = 10;
  const std::uint64_t most_calls = std::min(
      kMostHeaderCalls, kOfAnyHeader + kOfEachByte * std::min(source.size(), kMostHeaderCalls));
  try {
    LibRawHandle handle;
    handle.stream = make_libraw_stream(source, most_calls);
    handle.raw.reset(new LibRaw(kSilent));
    return handle;
  } catch (...) {  // LibRaw throws its own enum too
    return fail(ErrorCode::TooLarge, "cannot be read: not enough memory");
  }
}

std::string unknown_format(const Sniffed& sniffed) {
  const std::string version = libraw_version_number();
  if (sniffed.named_like_raw) {
    return "is cut short, or no raw photo that LibRaw " + version +
           " knows; copy it from the card again, or convert it to DNG";
  }
  return "is neither a picture (TIFF, PNG, JPEG, OpenEXR, JPEG XL) nor a raw photo that LibRaw " +
         version + " knows, or it is damaged; copy it again";
}

Status check_header(LibRaw& raw, std::uint64_t file_bytes, const Limits& limits) {
  const auto& sizes = raw.imgdata.sizes;
  const auto width = std::max<std::int64_t>(sizes.raw_width, sizes.width);
  const auto height = std::max<std::int64_t>(sizes.raw_height, sizes.height);
  if (auto fits = check_dimensions(width, height, limits); !fits) {
    return fail(fits.error().code, "cannot be read: " + fits.error().sentence);
  }
  const auto data_offset = raw.get_internal_data_pointer()->unpacker_data.data_offset;
  if (data_offset < 0 || static_cast<std::uint64_t>(data_offset) >= file_bytes) {
    return fail(ErrorCode::Corrupt,
                "is cut short: it ends before its picture data begin; copy it from the card again");
  }
  return {};
}

/// LibRaw stretches pixels that are no squares by what the file says of them, to any size.
void leave_out_impossible_aspect(LibRaw& raw) {
  constexpr double kMost = 10;
  double& aspect = raw.imgdata.sizes.pixel_aspect;
  if (!(aspect > 1 / kMost && aspect < kMost)) aspect = 1;
}

/// The most samples that one byte of a file can become; deflate makes at most 1032 bytes of one.
std::uint64_t most_samples_a_byte(unsigned compression) {
  constexpr unsigned kLossyJpeg = 34892;
  constexpr unsigned kDeflate = 8;
  switch (compression) {
    case kLossyJpeg:
      return kSamplesOfLossyByte;
    case kDeflate:
      return 1032;
    default:
      return kSamplesOfByte;
  }
}

/// Before LibRaw makes room for the samples: it invents what is missing without a word.
Status check_stream_holds(LibRaw& raw, std::uint64_t samples) {
  const auto& inside = *raw.get_internal_data_pointer();
  auto* stream = inside.internal_data.input;
  const auto bytes = stream == nullptr ? 0 : static_cast<std::uint64_t>(stream->size());
  if (samples / most_samples_a_byte(inside.unpacker_data.tiff_compress) <= bytes) return {};
  return fail(ErrorCode::Corrupt,
              fmt::format("is cut short: its {} bytes cannot hold a picture of {} x {} samples; "
                          "copy it from the card again",
                          bytes, raw.imgdata.sizes.raw_width, raw.imgdata.sizes.raw_height));
}

}  // namespace

std::string libraw_version_number() {
  const std::string version = LibRaw::version();  // "0.20.2-Release"
  return version.substr(0, version.find('-'));
}

void LibRawDelete::operator()(LibRaw* raw) const { delete raw; }

Result<LibRawHandle> open_libraw(const ByteSource& source, const Sniffed& sniffed,
                                 const Limits& limits) {
  LATENT_TRY(LibRawHandle raw, create_libraw(source));
  int code = LIBRAW_IO_ERROR;
  try {
    code = raw->open_datastream(raw.stream.get());
  } catch (...) {
    code = LIBRAW_IO_ERROR;
  }
  if (code == LIBRAW_FILE_UNSUPPORTED) {
    return fail(ErrorCode::Unsupported, unknown_format(sniffed));
  }
  LATENT_CHECK(check_libraw(code, "reading its header"));
  LATENT_CHECK(check_header(*raw, source.size(), limits));
  leave_out_impossible_aspect(*raw);
  lift_call_limit(*raw.stream);
  return raw;
}

Status check_libraw(int code, const std::string& doing) {
  switch (code) {
    case LIBRAW_SUCCESS:
      return {};
    case LIBRAW_CANCELLED_BY_CALLBACK:
      return fail(ErrorCode::Cancelled, "cancelled");
    case LIBRAW_UNSUFFICIENT_MEMORY:
    case LIBRAW_TOO_BIG:
    case LIBRAW_MEMPOOL_OVERFLOW:
      return fail(ErrorCode::TooLarge, "cannot be read: not enough memory for " + doing);
    case LIBRAW_FILE_UNSUPPORTED:
    case LIBRAW_NOT_IMPLEMENTED:
    case LIBRAW_REQUEST_FOR_NONEXISTENT_IMAGE:
    case LIBRAW_UNSPECIFIED_ERROR:
      return fail(
          ErrorCode::Unsupported,
          fmt::format("is coded in a way that LibRaw {} does not know; convert it with Adobe "
                      "DNG Converter",
                      libraw_version_number()));
    default:
      return fail(ErrorCode::Corrupt,
                  fmt::format("is cut short or damaged: LibRaw stopped while {} ({}); copy it from "
                              "the card again",
                              doing, LibRaw::strerror(code)));
  }
}

Status unpack_libraw(LibRaw& raw, const RunControl& control) {
  const auto& sizes = raw.imgdata.sizes;
  const std::uint64_t samples = std::uint64_t{sizes.raw_width} * sizes.raw_height;
  LATENT_CHECK(check_stream_holds(raw, samples));
  constexpr std::uint64_t kMostBytesPerPixel = 16;  // a float RGBA picture
  constexpr std::uint64_t kSpareMiB = 64;
  raw_settings(raw).max_raw_memory_mb =
      static_cast<unsigned>((samples * kMostBytesPerPixel >> 20U) + kSpareMiB);
  const std::stop_callback on_stop(control.stop, [&raw] { raw.setCancelFlag(); });
  LATENT_CHECK(control.check());
  int code = LIBRAW_IO_ERROR;
  try {
    code = raw.unpack();
  } catch (...) {
    code = LIBRAW_IO_ERROR;
  }
  if (control.stop_requested()) return control.check();
  LATENT_CHECK(check_libraw(code, "decoding its picture data"));
  if (raw.error_count() > 0) {
    return fail(ErrorCode::Corrupt,
                "is cut short or damaged: its picture data break off; copy it from the card again");
  }
  return {};
}

Result<Image<std::uint16_t>> copy_libraw_samples(LibRaw& raw, const Limits& limits) {
  const auto& sizes = raw.imgdata.sizes;
  const std::uint16_t* from = raw.imgdata.rawdata.raw_image;
  if (from == nullptr) {
    return fail(
        ErrorCode::Unsupported,
        "holds no mosaic, which raw denoise needs; develop it with a raw developer instead");
  }
  const Size size{sizes.raw_width, sizes.raw_height};
  auto image = Image<std::uint16_t>::create(size, 1, limits);
  if (!image) return fail(image.error().code, "cannot be read: " + image.error().sentence);
  const std::size_t pitch = sizes.raw_pitch / sizeof(std::uint16_t);
  const auto width = static_cast<std::size_t>(size.width);
  if (pitch < width) {
    return fail(ErrorCode::Unsupported,
                "is laid out in a way that raw denoise does not know; convert it to DNG");
  }
  for (int y = 0; y < size.height; ++y) {
    std::memcpy(image->view().row(y).data(), from + static_cast<std::size_t>(y) * pitch,
                width * sizeof(std::uint16_t));
  }
  return image;
}

}  // namespace latent::read
