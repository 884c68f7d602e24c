/* dw-deploy-error.c: why a deploy or an action on a stage did not succeed
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "config.h"

#include "deploy/dw-deploy-error.h"

G_DEFINE_QUARK (dw_deploy_error, dw_deploy_error)
