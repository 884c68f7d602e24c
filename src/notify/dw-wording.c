/* dw-wording.c: what is told outside of the window, in words
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The same for the desktop and for the outgoing webhook's receiver.
 */

#include "config.h"

#include "notify/dw-wording.h"

#include <glib/gi18n-lib.h>
#include <string.h>

/* What a notification has room for. */
#define REASON_LIMIT 240

/* Returns: (transfer full): PROJECT/STAGE */
char *
dw_wording_name_stage (DwProject *project, DwStage *stage)
{
  return g_strdup_printf ("%s/%s", dw_project_get_name (project), dw_stage_get_name (stage));
}

/* Returns: (transfer full): what came of @deploy */
char *
dw_wording_title_deploy (DwProject *project, DwStage *stage, DwDeploy *deploy)
{
  g_autofree char *name = dw_wording_name_stage (project, stage);

  switch (dw_deploy_get_status (deploy))
    {
    case DW_DEPLOY_SUCCESS:
      if (dw_deploy_get_trigger (deploy) == DW_TRIGGER_ROLLBACK)
        /* Translators: %s is a project and a stage: shop/prod */
        return g_strdup_printf (_ ("%s was rolled back"), name);
      /* Translators: %s is a project and a stage: shop/prod */
      return g_strdup_printf (_ ("%s was deployed"), name);
    case DW_DEPLOY_ROLLED_BACK:
      /* Translators: %s is a project and a stage: shop/prod */
      return g_strdup_printf (_ ("%s: the deploy was undone"), name);
    case DW_DEPLOY_PENDING:
    case DW_DEPLOY_PULLING:
    case DW_DEPLOY_STARTING:
    case DW_DEPLOY_HEALTH_CHECKING:
    case DW_DEPLOY_CONFIGURING_PROXY:
    case DW_DEPLOY_FAILED:
    default:
      /* Translators: %s is a project and a stage: shop/prod */
      return g_strdup_printf (_ ("%s: the deploy failed"), name);
    }
}

/* Returns: (transfer full) (nullable): the tag and, after a failure, the reason */
char *
dw_wording_describe_deploy (DwDeploy *deploy)
{
  const char *what = dw_deploy_get_tag (deploy);
  const char *reason = dw_deploy_get_error (deploy);

  if (what == NULL || *what == '\0')
    what = dw_deploy_get_image (deploy);
  if (dw_deploy_get_status (deploy) == DW_DEPLOY_SUCCESS)
    /* Translators: %s is a tag: v1.2.3 */
    return g_strdup_printf (_ ("%s is now running"), what);
  if (reason == NULL)
    return g_strdup (what);

  /* Translators: a tag, and why it could not be deployed */
  return g_strdup_printf (_ ("%s: %s"), what, reason);
}

/* Returns: (transfer full): that what was deployed there turned bad */
char *
dw_wording_title_health_lost (DwProject *project, DwStage *stage)
{
  g_autofree char *name = dw_wording_name_stage (project, stage);

  /* Translators: %s is a project and a stage: shop/prod */
  return g_strdup_printf (_ ("%s is no longer healthy"), name);
}

/* Returns: (transfer full): that there is a newer version */
char *
dw_wording_title_version (DwProject *project, DwStage *stage, const char *tag)
{
  g_autofree char *name = dw_wording_name_stage (project, stage);

  /* Translators: %1$s is a tag: v1.2.3, %2$s a project and a stage: shop/prod */
  return g_strdup_printf (_ ("%1$s is available for %2$s"), tag, name);
}

/* Returns: (transfer full): one line of @text, with no more than a notification has room for */
char *
dw_wording_make_line (const char *text)
{
  g_autofree char *valid = g_utf8_make_valid (text, -1);
  g_auto (GStrv) words = g_strsplit_set (g_strstrip (valid), " \t\r\n", -1);
  g_autoptr (GString) line = g_string_new (NULL);

  for (guint i = 0; words[i] != NULL; i++)
    if (*words[i] != '\0')
      g_string_append_printf (line, "%s%s", line->len > 0 ? " " : "", words[i]);

  if (g_utf8_strlen (line->str, -1) > REASON_LIMIT)
    {
      g_string_truncate (
          line, (gsize) (g_utf8_offset_to_pointer (line->str, REASON_LIMIT - 1) - line->str));
      g_string_append (line, "…");
    }

  return g_string_free (g_steal_pointer (&line), FALSE);
}
