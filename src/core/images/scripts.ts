import { GITHUB_MIRROR } from './mirrors.ts';
import { template } from './template.ts';
import type { View } from './template.ts';

export const BAKE =
  template<View>(`"""Downloads once, at build time, what OGGM otherwise downloads for every user. HOME says where to."""

import os


def ask_at(mirror):
    """What would be asked of GitHub is asked of its mirror, and kept as if it came from GitHub."""
    import urllib.request

    import requests

    def moved(address):
        if not isinstance(address, str):
            return address
        return address.replace("https://github.com/", mirror + "/", 1)

    plain_open, plain_request = urllib.request.OpenerDirector.open, requests.Session.request

    def open_there(self, address, *more, **named):
        return plain_open(self, moved(address), *more, **named)

    def request_there(self, method, url, *more, **named):
        return plain_request(self, method, moved(url), *more, **named)

    urllib.request.OpenerDirector.open = open_there
    requests.Session.request = request_there


if os.environ.get("${GITHUB_MIRROR}"):
    ask_at(os.environ["${GITHUB_MIRROR}"])
{{#if salem}}
import salem

salem.get_demo_file("world_borders.shp")
{{/if}}{{#if sampleData}}
from oggm import cfg, utils

cfg.initialize(logging_level="WARNING")
utils.get_demo_file("Hintereisferner_RGI5.shp")
{{/if}}`);

export const START = template<View>(`#!/bin/bash
# Made by GlacioCloud from images/{{name}}/image.yaml. Runs before the server, in a home that may be empty or full.
{{#if bake}}# Only what is missing, or a link that another image left and that leads nowhere here. Never an error: a full home
# must not lock its owner out.
offer() {
  if [ -e "$1" ] && [ ! -e "$2" ]; then ln -sfn "$1" "$2" 2>/dev/null || true; fi
}
for opt in /opt/oggm "\${NB_PYTHON_PREFIX:-/nonexistent}/opt/oggm"; do
  [ -d "$opt" ] || continue
  mkdir -p "$HOME/.oggm" 2>/dev/null || true
  for data in "$opt"/.oggm/*; do
    offer "$data" "$HOME/.oggm/\${data##*/}"
  done
  offer "$opt/.salem_cache" "$HOME/.salem_cache"
done
{{/if}}exec "$@"
`);
