#!/bin/sh
# What the browser stories and the report's paper need from the system: Chromium, a Chinese font, Pango.
# Installs them where it may.
set -eu
has() { command -v "$1" >/dev/null 2>&1; }
may_install() { [ "$(id -u)" = 0 ] && has apt-get; }
log=$(mktemp)
trap 'rm -f "$log"' EXIT
install() {
  echo "Installing $* (Debian packages, for the browser stories and the report) …"
  { apt-get -q update && DEBIAN_FRONTEND=noninteractive apt-get -q -y --no-install-recommends install "$@"; } >"$log" 2>&1
}

packages=""
fc-list ':lang=zh' 2>/dev/null | grep -q . || packages="$packages fonts-noto-cjk fontconfig"
ldconfig -p 2>/dev/null | grep -q libpangoft2-1.0 || packages="$packages libpango-1.0-0 libpangoft2-1.0-0"
# Without it a paper's Chinese font is cut down in Python, which takes half a minute instead of a tenth of a second.
ldconfig -p 2>/dev/null | grep -q libharfbuzz-subset || packages="$packages libharfbuzz-subset0"
has chromium-headless-shell || has chromium || packages="$packages chromium-headless-shell"
if [ -n "$packages" ]; then
  may_install || {
    echo "The browser stories and the report need$packages. Install them (on Debian: sudo apt-get install$packages) or run: make test-core" >&2
    exit 1
  }
  install $packages || {
    tail -n 20 "$log" >&2
    echo "apt-get could not install$packages; the reason is above." >&2
    exit 1
  }
fi
# The whole Chromium does too, and takes half as long again.
if ! has chromium-headless-shell && may_install && ! install chromium-headless-shell; then
  echo "It could not be installed; the stories go on in the whole Chromium and take half as long again."
fi
