# Completion of docker-watcher for fish: the program itself says what can come next.
#
# SPDX-License-Identifier: GPL-3.0-or-later

function __docker_watcher_complete
    set -l words (commandline --tokenize --cut-at-cursor --current-process)
    set -l word (commandline --current-token --cut-at-cursor)
    set -l candidates (docker-watcher --complete $words[2..] "$word" 2>/dev/null)

    if test "$candidates[1]" = ":files"
        __fish_complete_path "$word"
    else
        printf '%s\n' $candidates
    end
end

complete --command docker-watcher --no-files --arguments '(__docker_watcher_complete)'
