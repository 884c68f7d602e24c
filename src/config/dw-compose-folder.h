/* dw-compose-folder.h: the files that a compose file may name
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "config/dw-compose-variables.h"

G_BEGIN_DECLS

/* A compose file, or one that it extends, with its variables expanded and its paths absolute. */
typedef struct
{
  char *path;       /* of the file */
  char *folder;     /* that it is in */
  DwYamlNode *root; /* its content */
} DwComposeFile;

typedef struct _DwComposeFolder DwComposeFolder;

DwComposeFolder *dw_compose_folder_new (const char *path, DwComposeVariables *variables);
void dw_compose_folder_free (DwComposeFolder *self);

DwComposeFile *
dw_compose_folder_add (DwComposeFolder *self, const char *path, DwYamlNode *root, GError **error);
DwComposeFile *dw_compose_folder_load (DwComposeFolder *self,
                                       const DwComposeFile *from,
                                       DwYamlNode *name,
                                       GCancellable *cancellable,
                                       GError **error);
DwYamlNode *dw_compose_folder_resolve (DwComposeFolder *self,
                                       const DwComposeFile *file,
                                       const char *service,
                                       GCancellable *cancellable,
                                       GError **error);
char *dw_compose_folder_read_text (DwComposeFolder *self,
                                   const char *path,
                                   GCancellable *cancellable,
                                   GError **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (DwComposeFolder, dw_compose_folder_free)

G_END_DECLS
