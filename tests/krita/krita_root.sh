#!/bin/sh
# Fills FOLDER with a small Debian that has another Krita, for tests/krita:
#
#   tests/krita/krita_root.sh trixie       FOLDER      Krita 5.2, PyQt5
#   tests/krita/krita_root.sh forky        FOLDER      Krita 5.3, PyQt5
#   tests/krita/krita_root.sh experimental FOLDER      Krita 6, PyQt6
#   DFP_KRITA_ROOT=FOLDER pytest tests/krita
#
# Run it as root on a Debian with `mmdebstrap`. It takes a minute and 1.5 GB, mounts nothing that stays, and asks the
# mirror that this machine's own apt uses. FOLDER can be removed with rm -r when no test runs in it.
set -eu

if [ $# -ne 2 ]; then
    sed -n 's/^# \{0,1\}//; 2,10p' "$0" >&2
    exit 2
fi
suite=$1 folder=$2
if ! command -v mmdebstrap >/dev/null; then
    echo "mmdebstrap is missing: apt-get install mmdebstrap." >&2
    exit 1
fi
mirror=$(apt-get indextargets --format '$(REPO_URI)' 'Created-By: Packages' 'Label: Debian' | head -n 1)
if [ -z "$mirror" ]; then
    echo "apt knows no Debian mirror here: run apt-get update first." >&2
    exit 1
fi
packages=dbus,fonts-dejavu-core
case $suite in
experimental) set -- sid "$folder" "deb $mirror sid main" "deb $mirror experimental main"
    packages=krita/experimental,python3-pyqt6,qt6-svg-plugins,$packages ;;
*) set -- "$suite" "$folder" "deb $mirror $suite main"
    packages=krita,python3-pyqt5,$packages ;;
esac
mkdir -p "$folder"
# A mirror may be a copy of some day, whose word has expired by its own count.
exec mmdebstrap --mode=root --variant=minbase --aptopt='Acquire::Check-Valid-Until "false"' --include="$packages" "$@"
