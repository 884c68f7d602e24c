/* dw-tag-policy.c: which tags a stage follows, and which of them is the newest
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * - semver: a range as npm writes it, over the tags that are versions (dw-version.c says which);
 * - glob: “*” and “?” over the whole tag;
 * - regex: a Perl-compatible expression that is found anywhere in the tag, unless it has anchors;
 * - exact: one tag.
 *
 * Whatever the kind, two expressions may narrow it: a tag is only followed when “include” is found
 * in it, and never when “exclude” is.
 *
 * The newest is the last by one total order over all tags, so that a list of tags stands in the
 * same order everywhere. Versions come after what is none, by precedence; for glob and regex a
 * pre-release's words are compared naturally, so that rc10 comes after rc9. Between spellings of
 * one version the fuller one is last (1, 1.27, 1.27.0). All else is in natural order: digits by
 * their value, other characters by their code.
 *
 * Two kinds have more to say about it. A regex with a group orders by what the groups captured,
 * from the first to the last, each in natural order (main-([0-9]+)-.* by the number alone), or by
 * the group named “order” where there is one; a tag that it does not match comes before all that it
 * does. Groups that are not to order are written (?:…). An exact policy puts its own tag last of
 * all; there is nothing newer than it but another digest.
 */

#include "config.h"

#include "model/dw-tag-policy.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#include "model/dw-enum-types.h"
#include "model/dw-model-error.h"
#include "model/dw-validation.h"
#include "model/dw-version-range.h"

/* The grammar of tags in distribution/reference */
#define TAG_LIMIT 128
#define PATTERN_LIMIT 512
/* No sensible expression needs more steps for a tag; one that backtracks for ever ends here. */
#define REGEX_LIMITS "(*LIMIT_MATCH=10000)(*LIMIT_DEPTH=10000)"

struct _DwTagPolicy
{
  gatomicrefcount ref_count;
  DwTagPolicyKind kind;
  char *pattern;
  DwVersionRange *range;
  GPatternSpec *glob;
  GRegex *regex;
  int n_groups;    /* of the regex */
  int order_group; /* the one that is named for it, or 0 */
  GRegex *include; /* nullable */
  GRegex *exclude; /* nullable */
};

G_DEFINE_BOXED_TYPE (DwTagPolicy, dw_tag_policy, dw_tag_policy_ref, dw_tag_policy_unref)

static gboolean
is_tag (const char *text)
{
  gsize length = strnlen (text, TAG_LIMIT + 1);

  if (length == 0 || length > TAG_LIMIT || *text == '.' || *text == '-')
    return FALSE;
  for (gsize i = 0; i < length; i++)
    if (!g_ascii_isalnum (text[i]) && strchr ("_.-", text[i]) == NULL)
      return FALSE;

  return TRUE;
}

static gboolean
read_semver (DwTagPolicy *self, GError **error)
{
  self->range = dw_version_range_parse (self->pattern, error);

  return self->range != NULL;
}

static gboolean
read_glob (DwTagPolicy *self, GError **error)
{
  for (const char *c = self->pattern; *c != '\0'; c++)
    if (!g_ascii_isalnum (*c) && strchr ("_.-*?", *c) == NULL)
      {
        g_set_error_literal (error, DW_MODEL_ERROR, DW_MODEL_ERROR_INVALID,
                             _ ("a tag has letters, digits, “_”, “.” and “-”, and the pattern may "
                                "hold “*” and “?” besides; use regex for more"));
        return FALSE;
      }
  self->glob = g_pattern_spec_new (self->pattern);

  return TRUE;
}

static GRegex *
compile (const char *pattern, GError **error)
{
  g_autoptr (GError) problem = NULL;
  /* First without the limits, so that a message shows what was written. */
  g_autoptr (GRegex) written = g_regex_new (pattern, G_REGEX_RAW, 0, &problem);
  GRegex *limited = NULL;

  if (written != NULL)
    {
      g_autofree char *text = g_strconcat (REGEX_LIMITS, pattern, NULL);

      limited = g_regex_new (text, G_REGEX_RAW, 0, &problem);
    }
  if (limited == NULL)
    g_set_error_literal (error, DW_MODEL_ERROR, DW_MODEL_ERROR_INVALID, problem->message);

  return limited;
}

static gboolean
read_regex (DwTagPolicy *self, GError **error)
{
  self->regex = compile (self->pattern, error);
  if (self->regex == NULL)
    return FALSE;

  self->n_groups = g_regex_get_capture_count (self->regex);
  self->order_group = MAX (g_regex_get_string_number (self->regex, "order"), 0);

  return TRUE;
}

static gboolean
read_exact (DwTagPolicy *self, GError **error)
{
  if (is_tag (self->pattern))
    return TRUE;

  g_set_error_literal (error, DW_MODEL_ERROR, DW_MODEL_ERROR_INVALID,
                       _ ("a tag has up to 128 letters, digits, “_”, “.” and “-”, and begins with "
                          "none of the last two"));
  return FALSE;
}

/**
 * dw_tag_policy_new:
 * @kind: how @pattern is read
 * @pattern: (nullable): the pattern
 * @error: DW_MODEL_ERROR_INVALID; the message shows the pattern and says how to write it
 *
 * Returns: (transfer full) (nullable): the policy. Any thread.
 */
DwTagPolicy *
dw_tag_policy_new (DwTagPolicyKind kind, const char *pattern, GError **error)
{
  static gboolean (*const readers[]) (DwTagPolicy *, GError **) = {
    [DW_TAG_POLICY_SEMVER] = read_semver,
    [DW_TAG_POLICY_GLOB] = read_glob,
    [DW_TAG_POLICY_REGEX] = read_regex,
    [DW_TAG_POLICY_EXACT] = read_exact,
  };

  g_return_val_if_fail ((guint) kind < G_N_ELEMENTS (readers), NULL);

  const char *nick = dw_enum_to_nick (DW_TYPE_TAG_POLICY_KIND, (int) kind);
  if (!dw_validate_line (nick, pattern, PATTERN_LIMIT, error))
    return NULL;

  g_autoptr (DwTagPolicy) self = g_new0 (DwTagPolicy, 1);
  g_atomic_ref_count_init (&self->ref_count);
  self->kind = kind;
  self->pattern = g_strdup (pattern);
  if (!readers[kind](self, error))
    {
      g_autofree char *shown = dw_model_quote (pattern);

      g_prefix_error (error, "%s: %s: ", nick, shown);
      return NULL;
    }

  return g_steal_pointer (&self);
}

static gboolean
read_filter (const char *name, const char *pattern, GRegex **regex, GError **error)
{
  if (pattern == NULL)
    return TRUE;
  if (!dw_validate_line (name, pattern, PATTERN_LIMIT, error))
    return FALSE;

  *regex = compile (pattern, error);
  if (*regex == NULL)
    {
      g_autofree char *shown = dw_model_quote (pattern);

      g_prefix_error (error, "%s: %s: ", name, shown);
    }

  return *regex != NULL;
}

/**
 * dw_tag_policy_new_filtered:
 * @kind: how @pattern is read
 * @pattern: (nullable): the pattern
 * @include: (nullable): a Perl-compatible expression that a tag must hold as well
 * @exclude: (nullable): one that it must not hold
 * @error: DW_MODEL_ERROR_INVALID; the message shows the pattern and says how to write it
 *
 * Returns: (transfer full) (nullable): the policy. Any thread.
 */
DwTagPolicy *
dw_tag_policy_new_filtered (DwTagPolicyKind kind,
                            const char *pattern,
                            const char *include,
                            const char *exclude,
                            GError **error)
{
  g_autoptr (DwTagPolicy) self = dw_tag_policy_new (kind, pattern, error);

  if (self == NULL || !read_filter ("policy_include", include, &self->include, error) ||
      !read_filter ("policy_exclude", exclude, &self->exclude, error))
    return NULL;

  return g_steal_pointer (&self);
}

/**
 * dw_tag_policy_parse:
 * @text: (nullable): KIND:PATTERN, such as "semver:^1", "glob:v*", "regex:^v\d+$", "exact:latest"
 * @error: DW_MODEL_ERROR_INVALID
 *
 * Returns: (transfer full) (nullable): the policy. Any thread.
 */
DwTagPolicy *
dw_tag_policy_parse (const char *text, GError **error)
{
  const char *colon = text != NULL ? strchr (text, ':') : NULL;
  g_autofree char *nick = colon != NULL ? g_strndup (text, (gsize) (colon - text)) : NULL;
  int kind;

  if (nick == NULL || !dw_enum_from_nick (DW_TYPE_TAG_POLICY_KIND, nick, &kind, NULL))
    {
      g_autofree char *shown = dw_model_quote (text);
      g_autofree char *nicks = dw_enum_list_nicks (DW_TYPE_TAG_POLICY_KIND);

      g_set_error (error, DW_MODEL_ERROR, DW_MODEL_ERROR_INVALID,
                   _ ("%s is not a tag policy; write KIND:PATTERN like semver:^1 or exact:latest, "
                      "where KIND is one of %s"),
                   shown, nicks);
      return NULL;
    }

  return dw_tag_policy_new (kind, colon + 1, error);
}

/* Any thread. Returns: (transfer full) */
DwTagPolicy *
dw_tag_policy_ref (DwTagPolicy *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  g_atomic_ref_count_inc (&self->ref_count);

  return self;
}

/* Any thread. */
void
dw_tag_policy_unref (DwTagPolicy *self)
{
  g_return_if_fail (self != NULL);

  if (!g_atomic_ref_count_dec (&self->ref_count))
    return;

  g_free (self->pattern);
  g_clear_pointer (&self->range, dw_version_range_free);
  g_clear_pointer (&self->glob, g_pattern_spec_free);
  g_clear_pointer (&self->regex, g_regex_unref);
  g_clear_pointer (&self->include, g_regex_unref);
  g_clear_pointer (&self->exclude, g_regex_unref);
  g_free (self);
}

/* Returns: how the pattern is read */
DwTagPolicyKind
dw_tag_policy_get_kind (DwTagPolicy *self)
{
  return self->kind;
}

/* Returns: (transfer none): the pattern as it was given */
const char *
dw_tag_policy_get_pattern (DwTagPolicy *self)
{
  return self->pattern;
}

/* An expression that runs into its limits does not exclude, which could let through what must not
 * pass: so there it counts as found. */
static gboolean
excludes (GRegex *regex, const char *tag)
{
  g_autoptr (GError) problem = NULL;

  return g_regex_match_full (regex, tag, -1, 0, 0, NULL, &problem) || problem != NULL;
}

/**
 * dw_tag_policy_matches:
 * @self: a policy
 * @tag: a tag, of any content: what no tag can be matches no policy
 *
 * An expression that runs into its limits for @tag does not match it.
 *
 * Returns: whether a stage with @self follows @tag. Any thread.
 */
gboolean
dw_tag_policy_matches (DwTagPolicy *self, const char *tag)
{
  DwVersion version;

  g_return_val_if_fail (self != NULL && tag != NULL, FALSE);

  if (!is_tag (tag) || (self->include != NULL && !g_regex_match (self->include, tag, 0, NULL)) ||
      (self->exclude != NULL && excludes (self->exclude, tag)))
    return FALSE;

  switch (self->kind)
    {
    case DW_TAG_POLICY_SEMVER:
      return dw_version_parse (&version, tag) && dw_version_range_contains (self->range, &version);
    case DW_TAG_POLICY_GLOB:
      return g_pattern_spec_match_string (self->glob, tag);
    case DW_TAG_POLICY_REGEX:
      return g_regex_match (self->regex, tag, 0, NULL);
    case DW_TAG_POLICY_EXACT:
      return g_str_equal (self->pattern, tag);
    default:
      g_assert_not_reached ();
    }
}

static int
compare_versions (DwTagPolicy *self, const DwVersion *a, const DwVersion *b)
{
  int order = dw_version_compare_numbers (a, b);

  if (order != 0)
    return order;
  if (self->kind == DW_TAG_POLICY_SEMVER || a->prerelease == NULL || b->prerelease == NULL)
    return dw_version_compare (a, b);

  /* in a tag that is a version the pre-release goes to the end of the text */
  return dw_version_compare_naturally (a->prerelease, b->prerelease);
}

/* By what the groups of the expression captured; 0 where that is the same, or there are none. */
static int
compare_captures (DwTagPolicy *self, const char *a, const char *b)
{
  g_autoptr (GMatchInfo) match_of_a = NULL;
  g_autoptr (GMatchInfo) match_of_b = NULL;
  gboolean a_matches = g_regex_match (self->regex, a, 0, &match_of_a);
  gboolean b_matches = g_regex_match (self->regex, b, 0, &match_of_b);
  int first = self->order_group > 0 ? self->order_group : 1;
  int last = self->order_group > 0 ? self->order_group : self->n_groups;
  int order = 0;

  if (!a_matches || !b_matches)
    return (int) a_matches - (int) b_matches;

  for (int i = first; order == 0 && i <= last; i++)
    {
      g_autofree char *of_a = g_match_info_fetch (match_of_a, i);
      g_autofree char *of_b = g_match_info_fetch (match_of_b, i);

      /* a group that took no part is as one that is empty */
      order = dw_version_compare_naturally (of_a != NULL ? of_a : "", of_b != NULL ? of_b : "");
    }

  return order;
}

/**
 * dw_tag_policy_compare:
 * @self: a policy
 * @a: a tag
 * @b: another
 *
 * A total order over all tags, also those that do not match; the head of this file says which.
 *
 * Returns: greater than 0 when @a is newer than @b, less when it is older, and 0 only when both are
 *   one tag. Any thread.
 */
int
dw_tag_policy_compare (DwTagPolicy *self, const char *a, const char *b)
{
  DwVersion version_of_a;
  DwVersion version_of_b;

  g_return_val_if_fail (self != NULL && a != NULL && b != NULL, 0);

  if (self->kind == DW_TAG_POLICY_EXACT &&
      g_str_equal (a, self->pattern) != g_str_equal (b, self->pattern))
    return g_str_equal (a, self->pattern) ? 1 : -1;

  gboolean a_is_version = dw_version_parse (&version_of_a, a);
  gboolean b_is_version = dw_version_parse (&version_of_b, b);
  int order = self->n_groups > 0 ? compare_captures (self, a, b) : 0;

  if (order != 0)
    return order;
  if (a_is_version != b_is_version)
    return a_is_version ? 1 : -1;

  if (a_is_version)
    {
      order = compare_versions (self, &version_of_a, &version_of_b);
      if (order == 0)
        order = (int) version_of_a.n_numbers - (int) version_of_b.n_numbers;
    }
  else
    {
      order = dw_version_compare_naturally (a, b);
    }

  return order != 0 ? order : strcmp (a, b);
}

/**
 * dw_tag_policy_find_newest:
 * @self: a policy
 * @tags: (array zero-terminated=1): a repository's tags, in any order
 *
 * Returns: (transfer none) (nullable): the newest of those that match, one of @tags. Any thread.
 */
const char *
dw_tag_policy_find_newest (DwTagPolicy *self, const char *const *tags)
{
  const char *newest = NULL;

  g_return_val_if_fail (self != NULL && tags != NULL, NULL);

  for (guint i = 0; tags[i] != NULL; i++)
    if (dw_tag_policy_matches (self, tags[i]) &&
        (newest == NULL || dw_tag_policy_compare (self, tags[i], newest) > 0))
      newest = tags[i];

  return newest;
}
