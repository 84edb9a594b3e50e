// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <optional>
#include <string>

#include "base/result.h"
#include "image/mosaic.h"

namespace latent::metadata {

/// A denoise that went before the task itself, with a model of its own.
struct DenoiseBefore {
  std::string model_id;
  std::string model_version;
  std::string model_sha256;  ///< as in Provenance
  double strength_percent = 100;
  std::optional<double> level;  ///< as in Provenance
};

/// What was done to a picture, by what, and how strongly: everything needed to do it again.
struct Provenance {
  std::string latent_version;  ///< "0.1.0"
  std::string task;            ///< "raw-denoise", "denoise", "upscale"
  std::string model_id;        ///< empty where no model was used
  std::string model_version;
  std::string model_sha256;  ///< of the package, 64 lower-case hex digits
  double strength_percent = 100;
  std::optional<NoiseModel> noise;  ///< what the network was told, before noise_scale
  double noise_scale = 1;
  std::optional<double> luma_percent;    ///< of a strength that is set apart for light ...
  std::optional<double> chroma_percent;  ///< ... and for colour
  std::optional<int> scale;              ///< of the sides: 2, 4
  std::optional<DenoiseBefore> denoise;  ///< before an enlargement
  std::optional<double>
      level;                   ///< noise that the network was told, standard deviation in its units
  std::string source_profile;  ///< what the source's colours meant, in words; may be empty
};

/// The picture's XMP with the provenance added, as a packet to embed.
///
/// Properties of the namespace http://ns.latent-photo.org/1.0/ (prefix "latent"): Version, Task,
/// ModelId, ModelVersion, ModelSha256, Strength (percent), NoiseA and NoiseB (ordered: red, green,
/// blue; in units of white - black), NoiseOrigin, NoiseScale, LumaStrength, ChromaStrength
/// (percent), Scale, Level, SourceProfile, SourceSoftware; of a denoise before the task
/// DenoiseModelId, DenoiseModelVersion, DenoiseModelSha256, DenoiseStrength (percent) and
/// DenoiseLevel. What an earlier run of Latent wrote there is replaced. Unless strength is 0,
/// Iptc4xmpExt:DigitalSourceType becomes algorithmicallyEnhanced of the IPTC vocabulary: a capture
/// that an algorithm altered, nothing generated (compositeWithTrainedAlgorithmicMedia is for that);
/// and of a raw darktable:neural_restore becomes "raw-denoise", as darktable 5.8 writes it: by that
/// it leaves its own denoising out of what it applies by itself, since the ISO is still the
/// source's.
///
/// `source_packet`    XMP of the source, or empty. A packet that cannot be parsed is replaced.
/// `source_software`  Metadata::software() of the source, kept as latent:SourceSoftware, or empty.
///                    What is no UTF-8 is taken for Latin-1.
/// Errors   Internal  the XMP toolkit refuses to write.
/// Threads  any; calls wait for one another.
/// Source   IPTC NewsCodes "digitalsourcetype"; XMP Specification part 1.
[[nodiscard]] Result<std::string> xmp_with_provenance(const std::string& source_packet,
                                                      const std::string& source_software,
                                                      const Provenance& provenance);

/// What XMP says of a finished picture beside EXIF, set right for the new file: tiff:Orientation
/// (where it is there already, or the picture does not stand upright) and exif:ColorSpace (where it
/// is there already). A packet that cannot be parsed, and an empty one of an upright picture, come
/// back as they are.
///
/// Errors   Internal  the XMP toolkit refuses to write.
/// Threads  any; calls wait for one another.
[[nodiscard]] Result<std::string> xmp_for_picture(const std::string& packet,
                                                  Orientation orientation, bool is_srgb);

}  // namespace latent::metadata
