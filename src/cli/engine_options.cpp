// SPDX-License-Identifier: GPL-3.0-or-later
#include "cli/engine_options.h"

#include <CLI/CLI.hpp>

#include "app/standard_paths.h"
#include "cli/output.h"

namespace latent::cli {

void EngineOptions::declare(CLI::App& verb) {
  verb.add_option("--engine", engine, "what runs the network: auto, openvino, onnxruntime");
  verb.add_option("--device", device, "where: auto, cpu, gpu, npu, cuda, ... (latent devices)");
  verb.add_option("--precision", precision,
                  "auto, f32, bf16 or f16; auto is bf16 only where the processor has it");
  verb.add_option("--threads", threads, "of the processor, for the network; 0: all")
      ->check(CLI::Range(0, 1024));
  verb.add_option("--limit-start", start_seconds,
                  "seconds that a network may take to be compiled, and for its first tile; 0: any")
      ->check(CLI::Range(0.0, 1e7))
      ->capture_default_str();
  verb.add_option("--ort-library", ort_library, "an ONNX Runtime library of your own");
}

Result<infer::EngineRequest> EngineOptions::request() const {
  infer::EngineRequest request;
  LATENT_TRY(request.engine, infer::parse_engine(engine));
  LATENT_TRY(request.precision, infer::parse_precision(precision));
  request.device = device;
  request.ort_library = ort_library;
  request.threads = threads;
  request.start_seconds = start_seconds;
  print_folder_notices();
  request.cache_dir = app::cache_folder();
  return request;
}

}  // namespace latent::cli
