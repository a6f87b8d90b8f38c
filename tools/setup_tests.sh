#!/bin/sh
# Tests need Debian's Chromium, a font for it, pdftoppm to look at reports, and strace to cut the power.
set -u
command -v chromium >/dev/null 2>&1 && command -v pdftoppm >/dev/null 2>&1 && command -v strace >/dev/null 2>&1 && exit 0
if ! command -v apt-get >/dev/null 2>&1 || [ "$(id -u)" -ne 0 ]; then
  echo "dialogram: tests need chromium, pdftoppm and strace; install them: apt-get install chromium fonts-dejavu poppler-utils strace" >&2
  exit 1
fi
export DEBIAN_FRONTEND=noninteractive
apt-get update -qq && apt-get install -y -qq --no-install-recommends chromium fonts-dejavu-core poppler-utils strace >/dev/null || {
  echo "dialogram: apt-get could not install chromium, poppler-utils and strace; is there a network?" >&2
  exit 1
}
