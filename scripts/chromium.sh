#!/bin/sh
# The browser tests need Chromium, and pictures in Arabic and other scripts FriBidi; where we may, we install Debian's.
set -eu
command -v chromium >/dev/null 2>&1 && ldconfig -p | grep -q libfribidi && exit 0
if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null 2>&1; then
  echo "Installing Chromium and FriBidi for the tests…"
  apt-get update -qq
  DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends chromium fonts-dejavu-core libfribidi0 >/dev/null
  exit 0
fi
echo "The tests need Chromium and FriBidi: install the packages 'chromium' and 'libfribidi0' and run this again." >&2
exit 1
