/* dw-webhook-help.c: what to write where, so that the listener hears of a push
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Ready to be copied, but for the secret. A service on the network reaches the loopback address
 * only through a tunnel; which one that is, its user knows.
 */

#include "config.h"

#include "watch/dw-webhook-help.h"

#include <glib/gi18n-lib.h>

/* Returns: (transfer full): where the listener listens */
char *
dw_webhook_help_get_address (guint port)
{
  return g_strdup_printf ("http://127.0.0.1:%u/", port);
}

/* Returns: (transfer none): who sends, for people */
const char *
dw_webhook_help_get_title (DwWebhookSender sender)
{
  static const char *const titles[] = {
    [DW_WEBHOOK_SENDER_SCRIPT] = N_ ("A script or a pipeline"),
    [DW_WEBHOOK_SENDER_DISTRIBUTION] = N_ ("A registry of your own (distribution)"),
    [DW_WEBHOOK_SENDER_DOCKER_HUB] = N_ ("Docker Hub"),
    [DW_WEBHOOK_SENDER_GITEA] = N_ ("Gitea or Forgejo"),
    [DW_WEBHOOK_SENDER_GITHUB] = N_ ("GitHub"),
  };

  g_return_val_if_fail ((guint) sender < G_N_ELEMENTS (titles), NULL);

  return _ (titles[sender]);
}

/**
 * dw_webhook_help_make_block:
 * @sender: who is to send
 * @port: the listener's
 *
 * Returns: (transfer full): what to write there, with DW_WEBHOOK_SECRET_PLACE for the secret
 */
char *
dw_webhook_help_make_block (DwWebhookSender sender, guint port)
{
  g_autofree char *address = dw_webhook_help_get_address (port);

  switch (sender)
    {
    case DW_WEBHOOK_SENDER_SCRIPT:
      return g_strdup_printf ("curl -X POST %s \\\n"
                              "  -H 'Authorization: Bearer " DW_WEBHOOK_SECRET_PLACE "' \\\n"
                              "  -d '{\"image\": \"registry.example.com/team/app\", "
                              "\"tag\": \"v1.2.3\"}'\n",
                              address);
    case DW_WEBHOOK_SENDER_DISTRIBUTION:
      return g_strdup_printf ("notifications:\n"
                              "  endpoints:\n"
                              "    - name: docker-watcher\n"
                              "      url: %s\n"
                              "      headers:\n"
                              "        Authorization: [Bearer " DW_WEBHOOK_SECRET_PLACE "]\n"
                              "      timeout: 1s\n"
                              "      threshold: 5\n"
                              "      backoff: 5s\n",
                              address);
    case DW_WEBHOOK_SENDER_DOCKER_HUB:
      return g_strdup_printf (_ ("Webhook URL: %sdocker-hub?token=%s\n"), address,
                              DW_WEBHOOK_SECRET_PLACE);
    case DW_WEBHOOK_SENDER_GITEA:
      return g_strdup_printf (_ ("Target URL: %s\n"
                                 "HTTP method: POST, content type: application/json\n"
                                 "Secret: %s\n"
                                 "Events: Package\n"),
                              address, DW_WEBHOOK_SECRET_PLACE);
    case DW_WEBHOOK_SENDER_GITHUB:
    default:
      return g_strdup_printf (_ ("Payload URL: %s\n"
                                 "Content type: application/json\n"
                                 "Secret: %s\n"
                                 "Events: Registry packages\n"),
                              address, DW_WEBHOOK_SECRET_PLACE);
    }
}
