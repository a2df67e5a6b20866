#!/bin/sh
# A root folder with a GIMP of another Debian in it, for the tests; as root, on Debian 12 or newer with mmdebstrap.
#
#   gimp_root.sh make SUITE FOLDER [MIRROR]   trixie has GIMP 3.0, forky 3.2; takes two minutes and 1.2 GB
#   gimp_root.sh run FOLDER COMMAND...        run something inside; DFP_BINDS, folders with : between them, are seen there
#   DFP_GIMP_ROOT=FOLDER pytest tests/gimp    the tests that need a GIMP
#
# `run` mounts in a name space of its own: nothing stays mounted after it, whatever ends it.
set -eu

packages=gimp,gir1.2-gimp-3.0,python3-gi,python3-gi-cairo,xvfb,xdotool,dbus,dbus-x11,x11-utils,fonts-dejavu-core,\
adwaita-icon-theme,imagemagick,ca-certificates,procps

make() {
    mmdebstrap --mode=root --variant=minbase --skip=check/empty --include="$packages" \
        --aptopt='Acquire::Check-Valid-Until "false"' --aptopt='APT::Install-Recommends "false"' \
        "$1" "$2" ${3:+"$3"}
}

inside() {
    root=$1
    shift
    mount -t proc proc "$root/proc"
    mount -t tmpfs -o size=64m,mode=755 dev "$root/dev"
    mkdir "$root/dev/shm" "$root/dev/pts"
    for device in null zero full random urandom tty; do
        touch "$root/dev/$device"
        mount --bind "/dev/$device" "$root/dev/$device"
    done
    ln -s /proc/self/fd "$root/dev/fd"
    ln -s pts/ptmx "$root/dev/ptmx"
    mount -t tmpfs -o mode=1777 shm "$root/dev/shm"
    mount -t devpts -o newinstance,ptmxmode=0666 devpts "$root/dev/pts"
    old=$IFS
    IFS=:
    for folder in ${DFP_BINDS:-}; do
        mkdir -p "$root$folder"
        mount --bind "$folder" "$root$folder"
    done
    IFS=$old
    exec chroot "$root" "$@"
}

case "${1:-}" in
make) shift && make "$@" ;;
run) shift && exec unshare --mount --fork --kill-child sh "$0" inside "$@" ;;
inside) shift && inside "$@" ;;
*) sed -n '2,8s/^# \{0,1\}//p' "$0" && exit 2 ;;
esac
