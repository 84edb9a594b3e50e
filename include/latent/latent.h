// SPDX-License-Identifier: GPL-3.0-or-later
// The whole of the installed library (docs/library.md). Plain standard types; C++20.
#pragma once

#include "latent/engine.h"
#include "latent/jobs.h"
#include "latent/library.h"
#include "latent/masks.h"
#include "latent/models.h"
#include "latent/photograph.h"
#include "latent/result.h"
#include "latent/tasks.h"
