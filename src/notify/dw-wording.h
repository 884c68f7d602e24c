/* dw-wording.h: what is told outside of the window, in words
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "model/dw-deploy.h"
#include "model/dw-project.h"
#include "model/dw-stage.h"

G_BEGIN_DECLS

char *dw_wording_name_stage (DwProject *project, DwStage *stage);
char *dw_wording_title_deploy (DwProject *project, DwStage *stage, DwDeploy *deploy);
char *dw_wording_describe_deploy (DwDeploy *deploy);
char *dw_wording_title_health_lost (DwProject *project, DwStage *stage);
char *dw_wording_title_version (DwProject *project, DwStage *stage, const char *tag);
char *dw_wording_make_line (const char *text);

G_END_DECLS
