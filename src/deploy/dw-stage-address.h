/* dw-stage-address.h: by which name a stage is reached, and in which network it is
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "model/dw-instance.h"
#include "model/dw-project.h"
#include "model/dw-settings.h"
#include "model/dw-stage.h"

G_BEGIN_DECLS

/* The engine's network that containers join which nobody gave another one. */
#define DW_STAGE_ROUTE_OWN_NETWORK "docker-watcher"

char *dw_stage_route_choose_network (DwSettings *settings, DwProject *project);
char *dw_stage_route_choose_publish_address (DwSettings *settings);
char *dw_stage_route_make_domain (DwSettings *settings, DwProject *project, DwStage *stage);
char *dw_stage_route_make_url (DwSettings *settings, const char *domain);
char *dw_stage_route_make_address (DwSettings *settings, DwInstance *instance);

G_END_DECLS
