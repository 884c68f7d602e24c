/* dw-registries.c: the registries of the store with their credentials, ready to be asked
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Whose credentials: those of the registry's row with the secret from the keyring; where there are
 * none, the ones that Docker itself has for the same registry. Docker may keep them with a helper
 * that is not installed here, as inside a flatpak; most of what is pulled is for everybody, so the
 * program goes on as nobody, and a registry that then wants to know who asks is told to have been
 * refused for the want of the helper.
 */

#include "config.h"

#include "deploy/dw-registries.h"

#include <glib/gi18n-lib.h>
#include <string.h>
#include <sys/utsname.h>

#include "engine/dw-engine-error.h"
#include "secrets/dw-secrets.h"

struct _DwRegistries
{
  GObject parent_instance;

  DwStore *store;
};

G_DEFINE_FINAL_TYPE (DwRegistries, dw_registries, G_TYPE_OBJECT)

static void
dw_registries_dispose (GObject *object)
{
  DwRegistries *self = DW_REGISTRIES (object);

  g_clear_object (&self->store);

  G_OBJECT_CLASS (dw_registries_parent_class)->dispose (object);
}

static void
dw_registries_class_init (DwRegistriesClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = dw_registries_dispose;
}

static void
dw_registries_init (DwRegistries *self)
{
}

/**
 * dw_registries_new:
 * @store: where the registries are
 *
 * Returns: (transfer full): what asks them. Any thread.
 */
DwRegistries *
dw_registries_new (DwStore *store)
{
  DwRegistries *self = g_object_new (DW_TYPE_REGISTRIES, NULL);

  self->store = g_object_ref (store);

  return self;
}

/* Returns: (transfer none): where the registries are */
DwStore *
dw_registries_get_store (DwRegistries *self)
{
  g_return_val_if_fail (DW_IS_REGISTRIES (self), NULL);

  return self->store;
}

/**
 * dw_registries_get_domain:
 * @registry: a registry, in the store or not
 *
 * Returns: (transfer full) (nullable): the domain that an image of the registry begins with; %NULL
 *   when its address is none. Any thread.
 */
char *
dw_registries_get_domain (DwRegistry *registry)
{
  g_autoptr (GUri) uri = g_uri_parse (dw_registry_get_url (registry), G_URI_FLAGS_NONE, NULL);

  if (uri == NULL || g_uri_get_host (uri) == NULL)
    return NULL;

  const char *host = g_uri_get_host (uri);
  if (dw_registry_get_kind (registry) == DW_REGISTRY_KIND_DOCKER_HUB ||
      g_str_equal (host, "docker.io") || g_str_has_suffix (host, ".docker.io"))
    return g_strdup ("docker.io");

  gboolean is_ipv6 = strchr (host, ':') != NULL;
  g_autofree char *bracketed = g_strconcat (is_ipv6 ? "[" : "", host, is_ipv6 ? "]" : "", NULL);

  return g_uri_get_port (uri) < 0 ? g_steal_pointer (&bracketed)
                                  : g_strdup_printf ("%s:%d", bracketed, g_uri_get_port (uri));
}

/* Whether the image is in the registry. */
static gboolean
stands_for (DwRegistry *registry, DwImageReference *image)
{
  g_autofree char *domain = dw_registries_get_domain (registry);

  return g_strcmp0 (domain, dw_image_reference_get_domain (image)) == 0;
}

/**
 * dw_registries_choose:
 * @registries: (element-type DwRegistry): all that there are
 * @image: an image
 *
 * Returns: (transfer none) (nullable): the one that the image's domain names. Any thread.
 */
DwRegistry *
dw_registries_choose (GPtrArray *registries, DwImageReference *image)
{
  for (guint i = 0; i < registries->len; i++)
    if (stands_for (g_ptr_array_index (registries, i), image))
      return g_ptr_array_index (registries, i);

  return NULL;
}

/* Sets *registry to NULL, without an error, where no row stands for the image's registry. */
static gboolean
find_registry (DwRegistries *self,
               const char *registry_id,
               DwImageReference *image,
               DwRegistry **registry,
               GError **error)
{
  *registry = NULL;

  if (registry_id != NULL)
    {
      *registry = dw_store_get (self->store, DW_TYPE_REGISTRY, registry_id, error);
      return *registry != NULL;
    }

  g_autoptr (GPtrArray) registries = dw_store_list (self->store, DW_TYPE_REGISTRY, error);
  if (registries == NULL)
    return FALSE;

  g_set_object (registry, dw_registries_choose (registries, image));

  return TRUE;
}

/* Sets *no_helper where a helper that is not installed might have them. */
static gboolean
find_credentials (DwRegistry *registry,
                  const char *domain,
                  DwCredentials **credentials,
                  GError **no_helper,
                  GCancellable *cancellable,
                  GError **error)
{
  g_autoptr (GError) docker_problem = NULL;

  *credentials = NULL;

  if (registry != NULL && dw_registry_get_username (registry) != NULL &&
      dw_entity_get_id (DW_ENTITY (registry)) != NULL)
    {
      g_autoptr (GError) problem = NULL;
      g_autofree char *secret = NULL;

      if (!dw_secrets_lookup (dw_entity_get_id (DW_ENTITY (registry)), &secret, cancellable,
                              &problem))
        {
          /* Without a keyring the program goes on, with what Docker itself knows. */
          if (!g_error_matches (problem, DW_SECRETS_ERROR, DW_SECRETS_ERROR_NO_KEYRING))
            {
              g_propagate_prefixed_error (error, g_steal_pointer (&problem),
                                          _ ("The password of the registry “%s” cannot be read: "),
                                          dw_registry_get_name (registry));
              return FALSE;
            }
          g_debug ("No keyring for the registry %s: %s", dw_registry_get_name (registry),
                   problem->message);
        }
      if (secret != NULL)
        {
          *credentials = dw_credentials_new (dw_registry_get_username (registry), secret);
          return TRUE;
        }
    }

  if (domain == NULL || dw_docker_config_lookup (domain, credentials, cancellable, &docker_problem))
    return TRUE;

  if (!g_error_matches (docker_problem, DW_REGISTRY_ERROR, DW_REGISTRY_ERROR_NO_HELPER))
    {
      g_propagate_error (error, g_steal_pointer (&docker_problem));
      return FALSE;
    }
  g_message ("Without credentials for %s: %s", domain, docker_problem->message);
  g_propagate_error (no_helper, g_steal_pointer (&docker_problem));

  return TRUE;
}

/**
 * dw_registries_explain_refusal:
 * @no_helper: (nullable): why there were no credentials
 * @error: (nullable) (inout): what went wrong without them
 *
 * Says in @error, if it is that a registry wants credentials, why it was given none. Any thread.
 */
void
dw_registries_explain_refusal (const GError *no_helper, GError **error)
{
  if (no_helper == NULL || error == NULL ||
      (!g_error_matches (*error, DW_REGISTRY_ERROR, DW_REGISTRY_ERROR_UNAUTHORIZED) &&
       !g_error_matches (*error, DW_ENGINE_ERROR, DW_ENGINE_ERROR_UNAUTHORIZED)))
    return;

  g_autofree char *words = (*error)->message;
  /* Translators: that a registry refuses somebody, and why it was not told who asks */
  (*error)->message = g_strdup_printf (_ ("%s. There were no credentials: %s"), words,
                                       no_helper->message);
}

/**
 * dw_registries_open:
 * @self: the registries
 * @registry: (nullable): the row of the registry, or %NULL to ask at the image's domain
 * @image: an image of it
 * @no_helper: (out) (nullable) (transfer full): why there are no credentials, for
 *   dw_registries_explain_refusal(), when a credential helper is not installed
 * @cancellable: (nullable): ends a credential helper
 * @error: a DW_REGISTRY_ERROR, DW_SECRETS_ERROR, or what is wrong with Docker's configuration
 *
 * Blocks; not on the main thread.
 *
 * Returns: (transfer full) (nullable): a client that signs in as the user does there
 */
DwRegistryClient *
dw_registries_open (DwRegistries *self,
                    DwRegistry *registry,
                    DwImageReference *image,
                    GError **no_helper,
                    GCancellable *cancellable,
                    GError **error)
{
  g_autoptr (DwCredentials) credentials = NULL;

  if (!find_credentials (registry, dw_image_reference_get_domain (image), &credentials, no_helper,
                         cancellable, error))
    return NULL;

  return registry != NULL
             ? dw_registry_client_new (dw_registry_get_url (registry), credentials, error)
             : dw_registry_client_new_for_reference (image, credentials);
}

static DwRegistryClient *
make_client (DwRegistries *self,
             const char *registry_id,
             DwImageReference *image,
             GError **no_helper,
             GCancellable *cancellable,
             GError **error)
{
  g_autoptr (DwRegistry) registry = NULL;

  return find_registry (self, registry_id, image, &registry, error)
             ? dw_registries_open (self, registry, image, no_helper, cancellable, error)
             : NULL;
}

/**
 * dw_registries_list_tags:
 * @self: the registries
 * @registry_id: (nullable): the row of the registry, or %NULL to find it by the image
 * @image: the repository
 * @cancellable: (nullable): ends the request
 * @error: a DW_REGISTRY_ERROR, DW_SECRETS_ERROR or DW_STORE_ERROR
 *
 * Blocks; not on the main thread.
 *
 * Returns: (transfer full) (nullable): the tags in the registry's order
 */
GStrv
dw_registries_list_tags (DwRegistries *self,
                         const char *registry_id,
                         DwImageReference *image,
                         GCancellable *cancellable,
                         GError **error)
{
  g_autoptr (GError) no_helper = NULL;
  g_autoptr (DwRegistryClient)
      client = make_client (self, registry_id, image, &no_helper, cancellable, error);
  GStrv tags = client == NULL
                   ? NULL
                   : dw_registry_client_list_tags (client, dw_image_reference_get_path (image),
                                                   cancellable, error);

  if (tags == NULL)
    dw_registries_explain_refusal (no_helper, error);

  return tags;
}

/**
 * dw_registries_list_repositories:
 * @self: the registries
 * @registry_id: the row of a registry
 * @after: (nullable): the repository after which the list is to begin, or %NULL for its start
 * @limit: how many are wanted
 * @has_more: (out): whether there are others after them
 * @cancellable: (nullable): ends the request
 * @error: DW_REGISTRY_ERROR_NO_CATALOG when it has no such list, another DW_REGISTRY_ERROR, a
 *   DW_SECRETS_ERROR or DW_STORE_ERROR
 *
 * Docker Hub and GHCR are not asked: they are known to have none. Blocks; not on the main thread.
 *
 * Returns: (transfer full) (nullable): the repositories in the registry's order
 */
GStrv
dw_registries_list_repositories (DwRegistries *self,
                                 const char *registry_id,
                                 const char *after,
                                 guint limit,
                                 gboolean *has_more,
                                 GCancellable *cancellable,
                                 GError **error)
{
  g_autoptr (GError) no_helper = NULL;
  g_autoptr (DwCredentials) credentials = NULL;
  g_autoptr (DwRegistryClient) client = NULL;
  g_autoptr (DwRegistry)
      registry = dw_store_get (self->store, DW_TYPE_REGISTRY, registry_id, error);

  if (registry == NULL)
    return NULL;
  if (dw_registry_get_kind (registry) == DW_REGISTRY_KIND_DOCKER_HUB ||
      dw_registry_get_kind (registry) == DW_REGISTRY_KIND_GHCR)
    {
      g_set_error (error, DW_REGISTRY_ERROR, DW_REGISTRY_ERROR_NO_CATALOG,
                   _ ("%s does not list its repositories; name the one that is wanted"),
                   dw_registry_get_name (registry));
      return NULL;
    }

  g_autofree char *domain = dw_registries_get_domain (registry);
  if (!find_credentials (registry, domain, &credentials, &no_helper, cancellable, error) ||
      (client = dw_registry_client_new (dw_registry_get_url (registry), credentials, error)) ==
          NULL)
    return NULL;

  GStrv names = dw_registry_client_list_repositories (client, after, limit, has_more, cancellable,
                                                      error);
  if (names == NULL)
    dw_registries_explain_refusal (no_helper, error);

  return names;
}

/**
 * dw_registries_resolve:
 * @self: the registries
 * @registry_id: (nullable): the row of the registry, or %NULL to find it by the image
 * @image: the repository
 * @tag: one of its tags
 * @cancellable: (nullable): ends the request
 * @error: a DW_REGISTRY_ERROR, DW_SECRETS_ERROR or DW_STORE_ERROR
 *
 * Blocks; not on the main thread.
 *
 * Returns: (transfer full) (nullable): the digest that @tag stands for now
 */
char *
dw_registries_resolve (DwRegistries *self,
                       const char *registry_id,
                       DwImageReference *image,
                       const char *tag,
                       GCancellable *cancellable,
                       GError **error)
{
  g_autoptr (GError) no_helper = NULL;
  g_autoptr (DwRegistryClient)
      client = make_client (self, registry_id, image, &no_helper, cancellable, error);
  char *digest = client == NULL
                     ? NULL
                     : dw_registry_client_resolve_tag (client, dw_image_reference_get_path (image),
                                                       tag, cancellable, error);

  if (digest == NULL)
    dw_registries_explain_refusal (no_helper, error);

  return digest;
}

/* The architecture of this machine, as images name it, or NULL for one that is not known here. */
static const char *
get_architecture (void)
{
  static const struct
  {
    const char *machine;
    const char *architecture;
  } names[] = {
    { "x86_64", "amd64" }, { "aarch64", "arm64" },   { "armv7l", "arm" },
    { "i686", "386" },     { "riscv64", "riscv64" },
  };
  struct utsname machine;

  for (guint i = 0; uname (&machine) == 0 && i < G_N_ELEMENTS (names); i++)
    if (g_str_equal (machine.machine, names[i].machine))
      return names[i].architecture;

  return NULL;
}

/* Docker Hub counts every look at an image as a pull, of which it grants few: what is not needed to
 * deploy is not worth one. The digest costs nothing there. */
static gboolean
describe_tag (DwRegistryClient *client,
              DwImageReference *image,
              const char *tag,
              char **digest,
              char **created,
              GCancellable *cancellable,
              GError **error)
{
  const char *path = dw_image_reference_get_path (image);

  if (!g_str_equal (dw_image_reference_get_domain (image), "docker.io"))
    return dw_registry_client_describe_tag (client, path, tag, get_architecture (), digest, created,
                                            cancellable, error);

  *digest = dw_registry_client_resolve_tag (client, path, tag, cancellable, error);

  return *digest != NULL;
}

/**
 * dw_registries_describe_tags:
 * @self: the registries
 * @registry_id: (nullable): the row of the registry, or %NULL to find it by the image
 * @image: the repository
 * @tags: some of its tags
 * @function: told of each tag, in this thread
 * @user_data: for @function
 * @cancellable: (nullable): ends the requests
 * @error: a DW_REGISTRY_ERROR, DW_SECRETS_ERROR or DW_STORE_ERROR
 *
 * Asks for what the tags stand for, one after the other on one connection. A tag that went, or
 * stands for what is no image, is told as not known. Blocks; not on the main thread.
 *
 * Returns: whether all were told
 */
gboolean
dw_registries_describe_tags (DwRegistries *self,
                             const char *registry_id,
                             DwImageReference *image,
                             const char *const *tags,
                             DwTagFunc function,
                             gpointer user_data,
                             GCancellable *cancellable,
                             GError **error)
{
  g_autoptr (GError) no_helper = NULL;
  g_autoptr (DwRegistryClient)
      client = make_client (self, registry_id, image, &no_helper, cancellable, error);

  for (guint i = 0; client != NULL && tags[i] != NULL; i++)
    {
      g_autoptr (GError) problem = NULL;
      g_autofree char *digest = NULL;
      g_autofree char *created = NULL;

      if (!describe_tag (client, image, tags[i], &digest, &created, cancellable, &problem) &&
          !g_error_matches (problem, DW_REGISTRY_ERROR, DW_REGISTRY_ERROR_NOT_FOUND) &&
          !g_error_matches (problem, DW_REGISTRY_ERROR, DW_REGISTRY_ERROR_FAILED))
        {
          dw_registries_explain_refusal (no_helper, &problem);
          g_propagate_error (error, g_steal_pointer (&problem));
          return FALSE;
        }
      if (!function (tags[i], digest, created, user_data))
        return TRUE;
    }

  return client != NULL;
}

/**
 * dw_registries_get_engine_auth:
 * @self: the registries
 * @registry_id: (nullable): the row of the registry, or %NULL to find it by the image
 * @image: the repository
 * @auth: (out) (nullable) (transfer full): the value of X-Registry-Auth, or %NULL for nobody
 * @no_helper: (out) (optional) (nullable) (transfer full): why it is nobody, for
 *   dw_registries_explain_refusal(), when a credential helper is not installed
 * @cancellable: (nullable): ends a credential helper
 * @error: a DW_SECRETS_ERROR, DW_STORE_ERROR, or what is wrong with Docker's configuration
 *
 * What the engine needs to pull @image. Blocks; not on the main thread.
 *
 * Returns: whether it is known
 */
gboolean
dw_registries_get_engine_auth (DwRegistries *self,
                               const char *registry_id,
                               DwImageReference *image,
                               char **auth,
                               GError **no_helper,
                               GCancellable *cancellable,
                               GError **error)
{
  const char *domain = dw_image_reference_get_domain (image);
  g_autoptr (DwRegistry) registry = NULL;
  g_autoptr (DwCredentials) credentials = NULL;

  if (!find_registry (self, registry_id, image, &registry, error))
    return FALSE;
  /* The engine takes them to the image's registry, whichever the project names. */
  if (registry != NULL && !stands_for (registry, image))
    g_clear_object (&registry);
  if (!find_credentials (registry, domain, &credentials, no_helper, cancellable, error))
    return FALSE;

  *auth = credentials != NULL ? dw_credentials_to_engine_auth (credentials, domain) : NULL;
  return TRUE;
}

/**
 * dw_registries_test:
 * @self: the registries
 * @registry_id: the row of a registry
 * @cancellable: (nullable): ends the request
 * @error: a DW_REGISTRY_ERROR, DW_SECRETS_ERROR or DW_STORE_ERROR
 *
 * Signs in, and writes what came of it into the row. Blocks; not on the main thread.
 *
 * Returns: whether the registry answers and takes the credentials
 */
gboolean
dw_registries_test (DwRegistries *self,
                    const char *registry_id,
                    GCancellable *cancellable,
                    GError **error)
{
  g_autoptr (GError) problem = NULL;
  g_autoptr (GError) no_helper = NULL;
  g_autoptr (DwRegistryClient) client = NULL;
  g_autoptr (DwCredentials) credentials = NULL;
  g_autoptr (DwRegistry)
      registry = dw_store_get (self->store, DW_TYPE_REGISTRY, registry_id, error);

  if (registry == NULL)
    return FALSE;

  g_autofree char *domain = dw_registries_get_domain (registry);
  if (find_credentials (registry, domain, &credentials, &no_helper, cancellable, &problem))
    client = dw_registry_client_new (dw_registry_get_url (registry), credentials, &problem);
  gboolean works = client != NULL && dw_registry_client_test (client, cancellable, &problem);
  if (!works)
    dw_registries_explain_refusal (no_helper, &problem);

  if (!g_error_matches (problem, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    {
      if (!dw_store_set_registry_checked (self->store, registry_id, works ? NULL : problem->message,
                                          works ? error : NULL))
        works = FALSE;
    }
  if (problem != NULL)
    g_propagate_error (error, g_steal_pointer (&problem));

  return works;
}

/**
 * dw_registries_try:
 * @self: the registries
 * @registry: a registry as somebody wrote it down, in the store or not
 * @password: (nullable): the secret to sign in with, or %NULL for the one in the keyring, and
 *   without that the one that Docker has
 * @username: (out) (nullable) (transfer full): who was signed in, or %NULL for nobody
 * @cancellable: (nullable): ends the request
 * @error: a DW_REGISTRY_ERROR or DW_SECRETS_ERROR
 *
 * Signs in, and keeps nothing of it. Blocks; not on the main thread.
 *
 * Returns: whether the registry answers and takes the credentials
 */
gboolean
dw_registries_try (DwRegistries *self,
                   DwRegistry *registry,
                   const char *password,
                   char **username,
                   GCancellable *cancellable,
                   GError **error)
{
  g_autoptr (GError) no_helper = NULL;
  g_autoptr (DwRegistryClient) client = NULL;
  g_autoptr (DwCredentials) credentials = NULL;
  g_autofree char *domain = dw_registries_get_domain (registry);

  *username = NULL;
  if (password != NULL && dw_registry_get_username (registry) != NULL)
    credentials = dw_credentials_new (dw_registry_get_username (registry), password);
  else if (!find_credentials (registry, domain, &credentials, &no_helper, cancellable, error))
    return FALSE;

  client = dw_registry_client_new (dw_registry_get_url (registry), credentials, error);
  if (client == NULL || !dw_registry_client_test (client, cancellable, error))
    {
      dw_registries_explain_refusal (no_helper, error);
      return FALSE;
    }

  /* An identity token says nothing of whose it is. */
  if (credentials != NULL)
    *username = g_strdup (credentials->username != NULL ? credentials->username : "");
  return TRUE;
}
