/* dw-places.c: where the window can lead to
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Pages and dialogs have names, so that whoever leads to one (a button in a template, a
 * notification) says which by the actions win.show-page and win.open-dialog, and need not know its
 * class.
 */

#include "config.h"

#include "ui/dw-places.h"

#include "ui/dw-adopt-dialog.h"
#include "ui/dw-deploy-dialog.h"
#include "ui/dw-deploy-page.h"
#include "ui/dw-deploys-page.h"
#include "ui/dw-import-dialog.h"
#include "ui/dw-instances-page.h"
#include "ui/dw-logs-dialog.h"
#include "ui/dw-project-dialog.h"
#include "ui/dw-project-page.h"
#include "ui/dw-projects-page.h"
#include "ui/dw-registries-page.h"
#include "ui/dw-registry-dialog.h"
#include "ui/dw-registry-page.h"
#include "ui/dw-remove-dialog.h"
#include "ui/dw-roll-back-dialog.h"
#include "ui/dw-settings-dialog.h"
#include "ui/dw-stage-dialog.h"
#include "ui/dw-webhook-dialog.h"

/* The first page of a section has the section's name; the others are about the thing whose id goes
 * with the name. */
static const DwPlace pages[] = {
  { "projects", "projects", dw_projects_page_get_type },
  { "project", "projects", dw_project_page_get_type },
  { "instances", "instances", dw_instances_page_get_type },
  { "deploys", "deploys", dw_deploys_page_get_type },
  { "deploy", "deploys", dw_deploy_page_get_type },
  { "registries", "registries", dw_registries_page_get_type },
  { "registry", "registries", dw_registry_page_get_type },
};

static const struct
{
  const char *name;
  GType (*get_type) (void);
} dialogs[] = {
  { "registry", dw_registry_dialog_get_type },
  { "project", dw_project_dialog_get_type },
  { "add-stage", dw_stage_dialog_get_type },
  { "stage", dw_stage_dialog_get_type },
  { "adopt", dw_adopt_dialog_get_type },
  { "import", dw_import_dialog_get_type },
  { "settings", dw_settings_dialog_get_type },
  { "deploy", dw_deploy_dialog_get_type },
  { "roll-back", dw_roll_back_dialog_get_type },
  { "logs", dw_logs_dialog_get_type },
  { "remove", dw_remove_dialog_get_type },
  { "webhook", dw_webhook_dialog_get_type },
  { NULL, NULL },
};

/**
 * dw_places_find_page:
 * @name: a page's name
 *
 * Returns: (nullable): the page; %NULL when there is none of the name
 */
const DwPlace *
dw_places_find_page (const char *name)
{
  for (gsize i = 0; i < G_N_ELEMENTS (pages); i++)
    if (g_str_equal (pages[i].name, name))
      return &pages[i];

  return NULL;
}

/**
 * dw_places_find_dialog:
 * @name: a dialog's name
 *
 * Returns: its type, a DwDialog; %G_TYPE_INVALID when there is none of the name
 */
GType
dw_places_find_dialog (const char *name)
{
  for (gsize i = 0; dialogs[i].name != NULL; i++)
    if (g_str_equal (dialogs[i].name, name))
      return dialogs[i].get_type ();

  return G_TYPE_INVALID;
}
