#!/bin/sh
# What the browser stories need from the system: Chromium and a Chinese font. Installs them where it may.
set -eu
packages=""
command -v chromium >/dev/null 2>&1 || packages="$packages chromium"
fc-list ':lang=zh' 2>/dev/null | grep -q . || packages="$packages fonts-noto-cjk fontconfig"
[ -n "$packages" ] || exit 0
if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null 2>&1; then
  echo "Installing$packages (Debian packages, for the browser stories) …"
  log=$(mktemp)
  if ! { apt-get -q update && DEBIAN_FRONTEND=noninteractive apt-get -q -y --no-install-recommends install $packages; } >"$log" 2>&1; then
    tail -n 20 "$log" >&2
    echo "apt-get could not install$packages; the reason is above." >&2
    exit 1
  fi
  rm -f "$log"
else
  echo "The browser stories need$packages. Install them (on Debian: sudo apt-get install$packages) or run: make test-core" >&2
  exit 1
fi
