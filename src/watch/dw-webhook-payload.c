/* dw-webhook-payload.c: what a webhook says was pushed
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Five senders are understood, each by the shape of what it sends:
 *
 * - anybody: {"image": "registry.example.com/team/app:v1"}, with "tag" and "digest" beside it or in
 *   the image;
 * - a registry of the distribution project: its notification envelope, {"events": […]};
 * - Docker Hub: {"push_data": …, "repository": …};
 * - Gitea and Forgejo: {"action": "created", "package": {"type": "container", …}};
 * - GitHub: {"action": "published", "registry_package" or "package": {…}}.
 *
 * All of it is hearsay, whoever signed it: it only says where to look. What does not concern images
 * is understood and holds nothing; what cannot be understood is an error.
 */

#include "config.h"

#include "watch/dw-webhook-payload.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#include "model/dw-image-reference.h"
#include "model/dw-json.h"
#include "model/dw-model-error.h"

#define EVENT_LIMIT 100

static void
push_free (gpointer data)
{
  DwWebhookPush *push = data;

  g_free (push->image);
  g_free (push->tag);
  g_free (push->source);
  g_free (push);
}

static gboolean
refuse (GError **error, const char *problem)
{
  g_set_error_literal (error, DW_MODEL_ERROR, DW_MODEL_ERROR_INVALID, problem);
  return FALSE;
}

/* Adds what names can be; a name that cannot be one is an error. @tag may be NULL. */
static gboolean
add_push (GPtrArray *pushes,
          const char *image,
          const char *tag,
          const char *sender,
          const char *who,
          GError **error)
{
  g_autoptr (DwImageReference) parsed = dw_image_reference_parse (image, error);
  g_autoptr (DwImageReference) tagged = NULL;

  if (parsed == NULL)
    return FALSE;
  if (tag == NULL)
    tag = dw_image_reference_get_tag (parsed);
  if (tag != NULL && (tagged = dw_image_reference_with_tag (parsed, tag, error)) == NULL)
    return FALSE;

  /* The same tag for every platform of an image is told once a platform. */
  g_autofree char *repository = g_strdup_printf ("%s/%s", dw_image_reference_get_domain (parsed),
                                                 dw_image_reference_get_path (parsed));
  for (guint i = 0; i < pushes->len; i++)
    {
      DwWebhookPush *other = pushes->pdata[i];

      if (g_str_equal (other->image, repository) && g_strcmp0 (other->tag, tag) == 0)
        return TRUE;
    }

  DwWebhookPush *push = g_new0 (DwWebhookPush, 1);
  push->image = g_steal_pointer (&repository);
  push->tag = g_strdup (tag);
  if (who != NULL && *who != '\0')
    {
      g_autofree char *quoted = dw_model_quote (who);

      push->source = g_strdup_printf ("%s, %s", sender, quoted);
    }
  else
    {
      push->source = g_strdup (sender);
    }
  g_ptr_array_add (pushes, push);

  return TRUE;
}

static gboolean
read_plain (JsonObject *object, GPtrArray *pushes, GError **error)
{
  const char *tag = dw_json_get_string (object, "tag");
  const char *digest = dw_json_get_string (object, "digest");
  g_autoptr (DwImageReference) reference = NULL;
  g_autoptr (DwImageReference) checked = NULL;

  reference = dw_image_reference_parse (dw_json_get_string (object, "image"), error);
  if (reference == NULL || (digest != NULL && (checked = dw_image_reference_with_digest (
                                                   reference, digest, error)) == NULL))
    return FALSE;

  return add_push (pushes, dw_json_get_string (object, "image"), tag, "webhook",
                   dw_json_get_string (object, "who"), error);
}

/* https://distribution.github.io/distribution/about/notifications/ */
static gboolean
read_distribution (JsonArray *events, GPtrArray *pushes, GError **error)
{
  if (json_array_get_length (events) > EVENT_LIMIT)
    return refuse (error, _ ("there are too many events in it"));

  for (guint i = 0; i < json_array_get_length (events); i++)
    {
      JsonObject *event = dw_json_array_get_object (events, i);
      JsonObject *target = event != NULL ? dw_json_get_object (event, "target") : NULL;
      JsonObject *request = event != NULL ? dw_json_get_object (event, "request") : NULL;
      JsonObject *actor = event != NULL ? dw_json_get_object (event, "actor") : NULL;
      const char *path = target != NULL ? dw_json_get_string (target, "repository") : NULL;
      const char *tag = target != NULL ? dw_json_get_string (target, "tag") : NULL;
      const char *host = request != NULL ? dw_json_get_string (request, "host") : NULL;

      if (event == NULL)
        return refuse (error, _ ("an event in it is none"));
      /* Layers, deletions, pulls, and manifests that only have a digest. */
      if (path == NULL || tag == NULL || *tag == '\0' ||
          g_strcmp0 (dw_json_get_string (event, "action"), "push") != 0)
        continue;

      g_autofree char *image = g_strdup_printf (
          "%s/%s", host != NULL && *host != '\0' ? host : "registry.invalid", path);
      if (!add_push (pushes, image, tag, "registry notification",
                     actor != NULL ? dw_json_get_string (actor, "name") : NULL, error))
        return FALSE;
    }

  return TRUE;
}

/* https://docs.docker.com/docker-hub/repos/manage/webhooks/ */
static gboolean
read_docker_hub (JsonObject *data, JsonObject *repository, GPtrArray *pushes, GError **error)
{
  const char *name = repository != NULL ? dw_json_get_string (repository, "repo_name") : NULL;

  if (name == NULL)
    return refuse (error, _ ("it does not name a repository"));

  g_autofree char *image = g_strconcat ("docker.io/", name, NULL);
  return add_push (pushes, image, dw_json_get_string (data, "tag"), "Docker Hub",
                   dw_json_get_string (data, "pusher"), error);
}

static const char *
get_login (JsonObject *object, const char *name)
{
  JsonObject *user = dw_json_get_object (object, name);
  const char *login = user != NULL ? dw_json_get_string (user, "login") : NULL;

  return login != NULL || user == NULL ? login : dw_json_get_string (user, "username");
}

/* The host of an address, with its port, or one that nobody has. */
static char *
get_host (const char *url)
{
  g_autoptr (GUri) uri = url != NULL ? g_uri_parse (url, G_URI_FLAGS_NONE, NULL) : NULL;

  if (uri == NULL || g_uri_get_host (uri) == NULL || *g_uri_get_host (uri) == '\0')
    return g_strdup ("registry.invalid");

  return g_uri_get_port (uri) < 0
             ? g_strdup (g_uri_get_host (uri))
             : g_strdup_printf ("%s:%d", g_uri_get_host (uri), g_uri_get_port (uri));
}

/* A version of Gitea's is a tag, or the digest of a manifest without one. */
static gboolean
read_gitea (JsonObject *object, JsonObject *package, GPtrArray *pushes, GError **error)
{
  const char *owner = get_login (package, "owner");
  const char *name = dw_json_get_string (package, "name");
  const char *version = dw_json_get_string (package, "version");

  if (g_strcmp0 (dw_json_get_string (package, "type"), "container") != 0 ||
      g_strcmp0 (dw_json_get_string (object, "action"), "created") != 0 || version == NULL ||
      strchr (version, ':') != NULL)
    return TRUE;
  if (owner == NULL || name == NULL)
    return refuse (error, _ ("it does not name a repository"));

  g_autofree char *host = get_host (dw_json_get_string (package, "html_url"));
  g_autofree char *path = g_strdup_printf ("%s/%s", owner, name);
  g_autofree char *lower = g_ascii_strdown (path, -1);
  g_autofree char *image = g_strdup_printf ("%s/%s", host, lower);
  return add_push (pushes, image, version, "Gitea", get_login (object, "sender"), error);
}

/* https://docs.github.com/webhooks/webhook-events-and-payloads#registry_package */
static gboolean
read_github (JsonObject *object, JsonObject *package, GPtrArray *pushes, GError **error)
{
  JsonObject *version = dw_json_get_object (package, "package_version");
  JsonObject *metadata = version != NULL ? dw_json_get_object (version, "container_metadata")
                                         : NULL;
  JsonObject *tag_object = metadata != NULL ? dw_json_get_object (metadata, "tag") : NULL;
  const char *type = dw_json_get_string (package, "package_type");
  const char *owner = dw_json_get_string (package, "namespace");
  const char *name = dw_json_get_string (package, "name");
  const char *tag = tag_object != NULL ? dw_json_get_string (tag_object, "name") : NULL;

  if (type == NULL)
    type = dw_json_get_string (package, "ecosystem");
  if (owner == NULL)
    owner = get_login (package, "owner");
  if (type == NULL || g_ascii_strcasecmp (type, "container") != 0)
    return TRUE;
  if (owner == NULL || name == NULL)
    return refuse (error, _ ("it does not name a repository"));

  /* One version is told several times, and only once with its tag. */
  if (tag != NULL && *tag == '\0')
    return TRUE;

  g_autofree char *path = g_strdup_printf ("ghcr.io/%s/%s", owner, name);
  g_autofree char *image = g_ascii_strdown (path, -1);
  return add_push (pushes, image, tag, "GitHub", get_login (object, "sender"), error);
}

static gboolean
read_object (JsonObject *object, const char *event, GPtrArray *pushes, GError **error)
{
  JsonArray *events = dw_json_get_array (object, "events");
  JsonObject *hub = dw_json_get_object (object, "push_data");
  JsonObject *package = dw_json_get_object (object, "package");
  JsonObject *registry_package = dw_json_get_object (object, "registry_package");

  if (dw_json_get_string (object, "image") != NULL)
    return read_plain (object, pushes, error);
  if (events != NULL)
    return read_distribution (events, pushes, error);
  if (hub != NULL)
    return read_docker_hub (hub, dw_json_get_object (object, "repository"), pushes, error);
  if (registry_package != NULL)
    return read_github (object, registry_package, pushes, error);
  if (package != NULL && dw_json_get_string (package, "type") != NULL)
    return read_gitea (object, package, pushes, error);
  if (package != NULL)
    return read_github (object, package, pushes, error);
  /* GitHub's and Gitea's greeting, and events of theirs that nobody needs here. */
  if (event != NULL)
    return TRUE;

  return refuse (error, _ ("it is no notification that is known here; the plain one is "
                           "{\"image\": \"registry.example.com/team/app\", \"tag\": \"v1\"}"));
}

/**
 * dw_webhook_payload_parse:
 * @body: what was sent
 * @event: (nullable): the name of the event, from a header of GitHub or Gitea
 * @error: DW_MODEL_ERROR_INVALID
 *
 * Returns: (transfer full) (element-type DwWebhookPush) (nullable): what it says was pushed. Any
 *   thread.
 */
GPtrArray *
dw_webhook_payload_parse (GBytes *body, const char *event, GError **error)
{
  g_autoptr (JsonObject) object = dw_json_parse_object (body, error);
  g_autoptr (GPtrArray) pushes = g_ptr_array_new_with_free_func (push_free);

  if (object == NULL || !read_object (object, event, pushes, error))
    return NULL;

  return g_steal_pointer (&pushes);
}
