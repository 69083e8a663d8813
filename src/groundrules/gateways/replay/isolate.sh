# Runs as the first process of new namespaces: mounts the copy, runs the lines inside it, asks the check outside it.
# Where AFTER is given, it runs inside the copy while that is running, between a first check and the one that counts.
# LAYER LOWER INSIDE AFTER PACKAGES CHECK...
set -e
layer=$1 lower=$2 inside=$3 after=$4 packages=$5
shift 5
root=$layer/root
mount --make-rprivate /
ip link set lo up
hostname replica
mount -t overlay overlay -o "lowerdir=$lower,upperdir=$layer/upper,workdir=$layer/work" "$root"
mount -t proc proc "$root/proc"
mount -t tmpfs -o mode=755 tmpfs "$root/dev"
for node in null zero full random urandom; do
    : > "$root/dev/$node"
    mount --bind "/dev/$node" "$root/dev/$node"
done
mkdir "$root/dev/shm"
chmod 1777 "$root/dev/shm"
ln -s /proc/self/fd "$root/dev/fd"
mount -t tmpfs -o mode=755 tmpfs "$root/run"
mount -t tmpfs -o mode=1777 tmpfs "$root/tmp"
if [ -n "$packages" ]; then
    mkdir "$root/run/replay-packages"
    mount --bind -o ro "$packages" "$root/run/replay-packages"
fi
inside() {
    cp "$1" "$root/run/replay.sh"
    chroot "$root" /usr/bin/env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin HOME=/root LC_ALL=C.UTF-8 \
        DEBIAN_FRONTEND=noninteractive sh /run/replay.sh >&2
}
inside "$inside"
exec 3>&1
if [ -n "$after" ]; then
    "$@" >&3
    echo "--- made on the running copy" >&2
    inside "$after" 3>&-
    printf '\n--- changed\n' >&3
fi
"$@" >&3
