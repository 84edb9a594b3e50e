// SPDX-License-Identifier: GPL-3.0-or-later
#include "infer/hosted/wire.h"

#include <algorithm>
#include <array>
#include <cstring>
#include <utility>

#include "base/limits.h"
#include "base/path.h"

namespace latent::infer {

using models::Json;

namespace {

tl::unexpected<Error> wrong() {
  return fail(ErrorCode::Internal, "latent-engine and Latent do not understand each other");
}

Result<NamedTensor> announced(const Json& words) {
  const auto* object = words.as_object();
  if (object == nullptr || !object->contains("dims")) return wrong();
  const auto* dims = object->at("dims").as_array();
  if (dims == nullptr) return wrong();
  NamedTensor tensor;
  tensor.name = models::text_at(*object, "name");
  std::size_t count = 1;
  for (const Json& side : *dims) {
    const auto* number = side.as_integer();
    if (number == nullptr || *number < 0) return wrong();
    tensor.dims.push_back(*number);
    LATENT_TRY(count, checked_multiply(count, static_cast<std::size_t>(*number)));
  }
  if (count > kMostPart / sizeof(float)) return wrong();
  return tensor;
}

std::size_t count_of(const NamedTensor& tensor) {
  std::size_t count = 1;
  for (const std::int64_t side : tensor.dims) count *= static_cast<std::size_t>(side);
  return count;
}

}  // namespace

Result<Json::Object> words_of(const Frame& frame) {
  const std::string_view text(reinterpret_cast<const char*>(frame.bytes.data()),
                              frame.bytes.size());
  auto json = models::parse_json(text, "a message", kMostWords);
  if (!json || json->as_object() == nullptr) return wrong();
  return *std::move(*json).as_object();
}

Status send_tensors(int socket, SharedSamples& shared, std::uint8_t kind, std::uint8_t part,
                    const std::vector<const NamedTensor*>& tensors) {
  Json::Array list;
  std::size_t bytes = 0;
  for (const NamedTensor* tensor : tensors) {
    Json::Array dims;
    for (const std::int64_t side : tensor->dims) dims.emplace_back(side);
    list.emplace_back(Json::Object{{"name", Json(tensor->name)}, {"dims", Json(std::move(dims))}});
    bytes += tensor->values.size() * sizeof(float);
  }
  std::span<std::byte> room = shared.first(bytes);
  const bool fits = bytes > 0 && room.size() == bytes;
  if (fits) {
    for (const NamedTensor* tensor : tensors) {
      const auto samples = std::as_bytes(std::span(tensor->values));
      std::ranges::copy(samples, room.begin());
      room = room.subspan(samples.size());
    }
  }
  LATENT_CHECK(send_words(
      socket, kind, Json::Object{{"tensors", Json(std::move(list))}, {"shared", Json(fits)}}));
  if (fits) return {};
  for (const NamedTensor* tensor : tensors) {
    const auto* samples = reinterpret_cast<const std::uint8_t*>(tensor->values.data());
    LATENT_CHECK(send_frame(socket, part, {samples, tensor->values.size() * sizeof(float)}));
  }
  return {};
}

namespace {

Status read_parts(int socket, std::vector<NamedTensor>& tensors, std::uint8_t part,
                  const FrameWait& wait) {
  for (NamedTensor& tensor : tensors) {
    const std::size_t bytes = count_of(tensor) * sizeof(float);
    LATENT_TRY(const Frame frame, receive_frame(socket, bytes, wait));
    if (frame.kind != part || frame.bytes.size() != bytes) return wrong();
    tensor.values.resize(bytes / sizeof(float));
    if (bytes > 0) std::memcpy(tensor.values.data(), frame.bytes.data(), bytes);
  }
  return {};
}

Status take_shared(SharedSamples& shared, std::vector<NamedTensor>& tensors) {
  std::size_t bytes = 0;
  for (const NamedTensor& tensor : tensors) bytes += count_of(tensor) * sizeof(float);
  if (bytes > kMostPart) return wrong();
  const std::span<const std::byte> room = shared.written(bytes);
  if (room.size() != bytes) return wrong();
  const auto* next = reinterpret_cast<const float*>(room.data());
  for (NamedTensor& tensor : tensors) {
    const std::size_t count = count_of(tensor);
    tensor.values.assign(next, next + count);
    next += count;
  }
  return {};
}

}  // namespace

Result<std::vector<NamedTensor>> receive_tensors(int socket, SharedSamples& shared,
                                                 const Json::Object& words, std::uint8_t part,
                                                 const FrameWait& wait) {
  const auto found = words.find("tensors");
  const auto* list = found == words.end() ? nullptr : found->second.as_array();
  if (list == nullptr) return wrong();
  std::vector<NamedTensor> tensors;
  for (const Json& entry : *list) {
    LATENT_TRY(NamedTensor tensor, announced(entry));
    tensors.push_back(std::move(tensor));
  }
  const auto how = words.find("shared");
  const auto* is_shared = how == words.end() ? nullptr : how->second.as_bool();
  if (is_shared != nullptr && *is_shared) {
    LATENT_CHECK(take_shared(shared, tensors));
  } else {
    LATENT_CHECK(read_parts(socket, tensors, part, wait));
  }
  return tensors;
}

Json words_of_error(const Error& error) {
  return Json::Object{{"code", Json(error_code_name(error.code))},
                      {"sentence", Json(error.sentence)}};
}

Error error_of_words(const Json::Object& words) {
  constexpr std::array kCodes{ErrorCode::Cancelled,     ErrorCode::Usage,   ErrorCode::NotFound,
                              ErrorCode::Unsupported,   ErrorCode::Corrupt, ErrorCode::TooLarge,
                              ErrorCode::ModelMismatch, ErrorCode::Device,  ErrorCode::Io,
                              ErrorCode::Internal};
  const std::string code = models::text_at(words, "code");
  Error error = fail(ErrorCode::Device, printable(models::text_at(words, "sentence"))).value();
  for (const ErrorCode known : kCodes) {
    if (code == error_code_name(known)) error.code = known;
  }
  return error;
}

}  // namespace latent::infer
