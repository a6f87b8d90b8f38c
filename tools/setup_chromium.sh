#!/bin/sh
# Browser tests need Debian's Chromium, a font for it, and pdftoppm to look at reports.
set -u
command -v chromium >/dev/null 2>&1 && command -v pdftoppm >/dev/null 2>&1 && exit 0
if ! command -v apt-get >/dev/null 2>&1 || [ "$(id -u)" -ne 0 ]; then
  echo "dialogram: tests need chromium and pdftoppm; install them: apt-get install chromium fonts-dejavu poppler-utils" >&2
  exit 1
fi
export DEBIAN_FRONTEND=noninteractive
apt-get update -qq && apt-get install -y -qq --no-install-recommends chromium fonts-dejavu-core poppler-utils >/dev/null || {
  echo "dialogram: apt-get could not install chromium and poppler-utils; is there a network?" >&2
  exit 1
}
