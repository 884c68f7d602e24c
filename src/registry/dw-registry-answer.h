/* dw-registry-answer.h: what a registry's refusal means
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "registry/dw-http.h"

G_BEGIN_DECLS

/* What was asked for, for the message. */
typedef struct
{
  const char *url;  /* of the registry */
  const char *path; /* nullable */
  const char *tag;  /* nullable */
  gboolean is_signed_in;
  gboolean is_catalog; /* the list of repositories, which needs a right of its own */
} DwRegistrySubject;

char *dw_registry_answer_get_words (DwHttpAnswer *answer);
gboolean dw_registry_answer_is_json (DwHttpAnswer *answer);
gboolean dw_registry_answer_is_error_list (DwHttpAnswer *answer);
void dw_registry_answer_set_unauthorized (DwHttpAnswer *answer,
                                          const DwRegistrySubject *subject,
                                          GError **error);
void dw_registry_answer_set_error (DwHttpAnswer *answer,
                                   const DwRegistrySubject *subject,
                                   GError **error);

G_END_DECLS
