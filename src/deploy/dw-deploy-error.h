/* dw-deploy-error.h: why a deploy or an action on a stage did not succeed
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

#define DW_DEPLOY_ERROR (dw_deploy_error_quark ())

/**
 * DwDeployError:
 * @DW_DEPLOY_ERROR_NO_TAG: no tag in the registry matches the stage's policy
 * @DW_DEPLOY_ERROR_UNHEALTHY: the new instance did not become healthy in time
 * @DW_DEPLOY_ERROR_EXITED: the new instance's process ended
 * @DW_DEPLOY_ERROR_PLATFORM: the image is for another architecture or operating system
 * @DW_DEPLOY_ERROR_NO_PORT: a health check needs a port, and neither project nor image names one
 * @DW_DEPLOY_ERROR_SUPERSEDED: a newer request for the same stage took its place
 * @DW_DEPLOY_ERROR_NO_PREVIOUS: there is no earlier deploy to go back to
 * @DW_DEPLOY_ERROR_NO_INSTANCE: nothing runs in the stage
 * @DW_DEPLOY_ERROR_NO_NEXT_STAGE: there is no stage after this one
 * @DW_DEPLOY_ERROR_BUSY: another deploy or action works on the stage
 * @DW_DEPLOY_ERROR_INTERRUPTED: the program ended in the middle of it
 * @DW_DEPLOY_ERROR_NOT_RESTORED: it failed, and what had run before could not be started again
 * @DW_DEPLOY_ERROR_NO_CONTAINER: there is no such container to be adopted
 * @DW_DEPLOY_ERROR_NOT_ADOPTABLE: the container cannot be a project
 * @DW_DEPLOY_ERROR_RELEASE: the stage's release command failed
 */
typedef enum
{
  DW_DEPLOY_ERROR_NO_TAG,
  DW_DEPLOY_ERROR_UNHEALTHY,
  DW_DEPLOY_ERROR_EXITED,
  DW_DEPLOY_ERROR_PLATFORM,
  DW_DEPLOY_ERROR_NO_PORT,
  DW_DEPLOY_ERROR_SUPERSEDED,
  DW_DEPLOY_ERROR_NO_PREVIOUS,
  DW_DEPLOY_ERROR_NO_INSTANCE,
  DW_DEPLOY_ERROR_NO_NEXT_STAGE,
  DW_DEPLOY_ERROR_BUSY,
  DW_DEPLOY_ERROR_INTERRUPTED,
  DW_DEPLOY_ERROR_NOT_RESTORED,
  DW_DEPLOY_ERROR_NO_CONTAINER,
  DW_DEPLOY_ERROR_NOT_ADOPTABLE,
  DW_DEPLOY_ERROR_RELEASE,
} DwDeployError;

GQuark dw_deploy_error_quark (void);

G_END_DECLS
