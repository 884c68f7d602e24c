/* dw-store-watching.c: what watching knows of registries and stages
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Every function here blocks and may be called from any thread. What the statements write is not
 * part of editing a stage, so nothing of that is lost when both happen at once.
 */

#include "config.h"

#include "store/dw-store-private.h"

#include "model/dw-enum-types.h"

#define ARGUMENTS(...) ((DwStoreArgument[]){ __VA_ARGS__, { NULL } })
#define TEXT DW_STORE_TEXT_ARGUMENT
#define NICK DW_STORE_NICK_ARGUMENT

/**
 * dw_store_find_repository:
 * @self: a store
 * @image: a repository, as a project names it
 * @error: DW_STORE_ERROR_NOT_FOUND or another DW_STORE_ERROR
 *
 * Returns: (transfer full): what was last seen of it
 */
DwRepository *
dw_store_find_repository (DwStore *self, const char *image, GError **error)
{
  return dw_store_read_one (self, "SELECT * FROM repositories WHERE image = :image",
                            DW_TYPE_REPOSITORY, ARGUMENTS (TEXT (":image", image)), image, error);
}

/**
 * dw_store_save_repository:
 * @self: a store
 * @repository: what was seen; it may be new
 * @error: a DW_MODEL_ERROR or DW_STORE_ERROR
 *
 * Writes it in the place of what is there of the same image: another process may have been first.
 *
 * Returns: whether it is written
 */
gboolean
dw_store_save_repository (DwStore *self, DwRepository *repository, GError **error)
{
  g_autofree char *now = dw_store_now ();
  g_autofree char *id = g_uuid_string_random ();

  if (!dw_entity_validate (DW_ENTITY (repository), error))
    return FALSE;

  return dw_store_write (
      self,
      "INSERT INTO repositories (id, created_at, updated_at, image, etag, tags_digest, tags, "
      "  digests, checked_at, error) "
      "VALUES (:new_id, :now, :now, :image, :etag, :tags_digest, :tags, :digests, :checked_at, "
      "  :error) "
      "ON CONFLICT (image) DO UPDATE SET updated_at = :now, etag = :etag, "
      "  tags_digest = :tags_digest, tags = :tags, digests = :digests, checked_at = :checked_at, "
      "  error = :error",
      DW_ENTITY (repository), ARGUMENTS (TEXT (":new_id", id), TEXT (":now", now)), NULL, error);
}

/**
 * dw_store_list_held_versions:
 * @self: a store
 * @stage_id: a stage
 * @error: a DW_STORE_ERROR
 *
 * Returns: (transfer full) (element-type DwHeldVersion): the versions that it does not take by
 *   itself
 */
GPtrArray *
dw_store_list_held_versions (DwStore *self, const char *stage_id, GError **error)
{
  return dw_store_read (self,
                        "SELECT * FROM held_versions WHERE stage_id = :stage_id "
                        "ORDER BY created_at, rowid",
                        DW_TYPE_HELD_VERSION, ARGUMENTS (TEXT (":stage_id", stage_id)), error);
}

/**
 * dw_store_hold_version:
 * @self: a store
 * @stage_id: a stage
 * @tag: (nullable): the tag of a version
 * @digest: its digest
 * @reason: why it is not to be taken again; it stands in the place of an earlier one
 * @error: DW_STORE_ERROR_CONSTRAINT when there is no such stage, or another DW_STORE_ERROR
 *
 * Returns: whether it is written
 */
gboolean
dw_store_hold_version (DwStore *self,
                       const char *stage_id,
                       const char *tag,
                       const char *digest,
                       DwHoldReason reason,
                       GError **error)
{
  g_autofree char *now = dw_store_now ();
  g_autofree char *id = g_uuid_string_random ();

  return dw_store_write (
      self,
      "INSERT INTO held_versions (id, created_at, updated_at, stage_id, tag, digest, reason) "
      "VALUES (:id, :now, :now, :stage_id, :tag, :digest, :reason) "
      "ON CONFLICT (stage_id, digest) DO UPDATE SET updated_at = :now, tag = :tag, "
      "  reason = :reason",
      NULL,
      ARGUMENTS (TEXT (":id", id), TEXT (":now", now), TEXT (":stage_id", stage_id),
                 TEXT (":tag", tag), TEXT (":digest", digest),
                 NICK (":reason", DW_TYPE_HOLD_REASON, reason)),
      NULL, error);
}

/**
 * dw_store_release_version:
 * @self: a store
 * @stage_id: a stage
 * @digest: of a version that may be taken again, held or not
 * @error: a DW_STORE_ERROR
 *
 * Returns: whether it is not held any more
 */
gboolean
dw_store_release_version (DwStore *self, const char *stage_id, const char *digest, GError **error)
{
  return dw_store_write (self,
                         "DELETE FROM held_versions WHERE stage_id = :stage_id "
                         "AND digest = :digest",
                         NULL, ARGUMENTS (TEXT (":stage_id", stage_id), TEXT (":digest", digest)),
                         NULL, error);
}

/**
 * dw_store_set_stage_newer:
 * @self: a store
 * @stage_id: a stage
 * @state: whether there is a newer version, and what becomes of it
 * @tag: (nullable): its tag
 * @digest: (nullable): its digest
 * @since: (nullable): when it was first seen
 * @until: (nullable): until when it waits by itself
 * @error: DW_STORE_ERROR_NOT_FOUND or another DW_STORE_ERROR
 *
 * Returns: whether it is written
 */
gboolean
dw_store_set_stage_newer (DwStore *self,
                          const char *stage_id,
                          DwNewerState state,
                          const char *tag,
                          const char *digest,
                          const char *since,
                          const char *until,
                          GError **error)
{
  g_autofree char *now = dw_store_now ();

  return dw_store_update_one (
      self, DW_TYPE_STAGE, stage_id,
      "UPDATE stages SET newer_state = :state, newer_tag = :tag, newer_digest = :digest, "
      "  newer_since = :since, newer_until = :until, updated_at = :now WHERE id = :id",
      ARGUMENTS (TEXT (":id", stage_id), NICK (":state", DW_TYPE_NEWER_STATE, state),
                 TEXT (":tag", tag), TEXT (":digest", digest), TEXT (":since", since),
                 TEXT (":until", until), TEXT (":now", now)),
      error);
}

/**
 * dw_store_set_stage_snoozed:
 * @self: a store
 * @stage_id: a stage
 * @until: (nullable): until when nobody wants to hear of a newer version
 * @error: DW_STORE_ERROR_NOT_FOUND or another DW_STORE_ERROR
 *
 * Returns: whether it is written
 */
gboolean
dw_store_set_stage_snoozed (DwStore *self, const char *stage_id, const char *until, GError **error)
{
  g_autofree char *now = dw_store_now ();

  return dw_store_update_one (
      self, DW_TYPE_STAGE, stage_id,
      "UPDATE stages SET snoozed_until = :until, updated_at = :now WHERE id = :id",
      ARGUMENTS (TEXT (":id", stage_id), TEXT (":until", until), TEXT (":now", now)), error);
}

/**
 * dw_store_set_stage_declined:
 * @self: a store
 * @stage_id: a stage
 * @digest: (nullable): the version that somebody did not want when asked
 * @error: DW_STORE_ERROR_NOT_FOUND or another DW_STORE_ERROR
 *
 * Returns: whether it is written
 */
gboolean
dw_store_set_stage_declined (DwStore *self,
                             const char *stage_id,
                             const char *digest,
                             GError **error)
{
  g_autofree char *now = dw_store_now ();

  return dw_store_update_one (
      self, DW_TYPE_STAGE, stage_id,
      "UPDATE stages SET declined_digest = :digest, updated_at = :now WHERE id = :id",
      ARGUMENTS (TEXT (":id", stage_id), TEXT (":digest", digest), TEXT (":now", now)), error);
}
