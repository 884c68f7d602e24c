/* dw-deploy-image.h: from a tag to an image that the engine has
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "deploy/dw-deploy-run.h"

G_BEGIN_DECLS

/* Both block and are not for the main thread. */
gboolean dw_deploy_image_resolve (DwDeployRun *run, GError **error);
DwImage *dw_deploy_image_pull (DwDeployRun *run, GError **error);

G_END_DECLS
