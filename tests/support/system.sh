#!/bin/sh
# What the browser stories and the report's paper need from the system: Chromium, a Chinese font, Pango.
# Installs them where it may.
set -eu
packages=""
command -v chromium >/dev/null 2>&1 || packages="$packages chromium"
fc-list ':lang=zh' 2>/dev/null | grep -q . || packages="$packages fonts-noto-cjk fontconfig"
ldconfig -p 2>/dev/null | grep -q libpangoft2-1.0 || packages="$packages libpango-1.0-0 libpangoft2-1.0-0"
# Without it a paper's Chinese font is cut down in Python, which takes half a minute instead of a tenth of a second.
ldconfig -p 2>/dev/null | grep -q libharfbuzz-subset || packages="$packages libharfbuzz-subset0"
[ -n "$packages" ] || exit 0
if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null 2>&1; then
  echo "Installing$packages (Debian packages, for the browser stories and the report) …"
  log=$(mktemp)
  if ! { apt-get -q update && DEBIAN_FRONTEND=noninteractive apt-get -q -y --no-install-recommends install $packages; } >"$log" 2>&1; then
    tail -n 20 "$log" >&2
    echo "apt-get could not install$packages; the reason is above." >&2
    exit 1
  fi
  rm -f "$log"
else
  echo "The browser stories and the report need$packages. Install them (on Debian: sudo apt-get install$packages) or run: make test-core" >&2
  exit 1
fi
