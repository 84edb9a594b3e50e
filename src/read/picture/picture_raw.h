// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/result.h"
#include "base/run_control.h"
#include "image/picture.h"
#include "read/picture/picture_facts.h"
#include "read/raw_file.h"

namespace latent::read {

/// What develop_picture() gives.
///
/// Errors   TooLarge, Unsupported; messages are predicates.
[[nodiscard]] Result<PictureFacts> developed_facts(RawFile& file);

/// A raw file as a finished picture (Photograph::picture()).
///
/// Errors   as RawFile::developable(); messages are predicates.
[[nodiscard]] Result<Picture> develop_picture(RawFile& file, const RunControl& control);

}  // namespace latent::read
