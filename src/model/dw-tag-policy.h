/* dw-tag-policy.h: which tags a stage follows, and which of them is the newest
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include <glib-object.h>

#include "model/dw-enums.h"

G_BEGIN_DECLS

#define DW_TYPE_TAG_POLICY (dw_tag_policy_get_type ())

/* An immutable value: what is asked of it is safe from any thread. */
typedef struct _DwTagPolicy DwTagPolicy;

GType dw_tag_policy_get_type (void);
DwTagPolicy *dw_tag_policy_new (DwTagPolicyKind kind, const char *pattern, GError **error);
DwTagPolicy *dw_tag_policy_new_filtered (DwTagPolicyKind kind,
                                         const char *pattern,
                                         const char *include,
                                         const char *exclude,
                                         GError **error);
DwTagPolicy *dw_tag_policy_parse (const char *text, GError **error);
DwTagPolicy *dw_tag_policy_ref (DwTagPolicy *self);
void dw_tag_policy_unref (DwTagPolicy *self);
DwTagPolicyKind dw_tag_policy_get_kind (DwTagPolicy *self);
const char *dw_tag_policy_get_pattern (DwTagPolicy *self);
gboolean dw_tag_policy_matches (DwTagPolicy *self, const char *tag);
int dw_tag_policy_compare (DwTagPolicy *self, const char *a, const char *b);
const char *dw_tag_policy_find_newest (DwTagPolicy *self, const char *const *tags);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (DwTagPolicy, dw_tag_policy_unref)

G_END_DECLS
