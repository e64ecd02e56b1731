# tools.sh MOUNT SCRATCH: the host's tools on a mount, against copies on the host.
set -eu
mount=$1 scratch=$2
is() { test "$2" = "$3" || { echo "$1: $2, not $3"; exit 1; }; }

mkdir -p "$scratch/src/sub/deep" && cd "$scratch/src"
echo hello >file && head -c 300000 /dev/urandom >sub/rand && ln sub/rand sub/hard && ln -s ../file sub/link
chmod 640 file && touch -d '2011-01-01 01:02:03.123456789' sub/rand file
echo '#!/bin/sh' >run && echo 'echo ran' >>run && chmod 755 run
cd "$mount"

cp -a "$scratch/src" src
diff -r "$scratch/src" src
list() { cd "$1" && find . ! -type d -printf '%p %y %m %s %l %T@ %n\n' | sort; }
(list "$scratch/src") >"$scratch/a"
(list src) >"$scratch/b"
cmp "$scratch/a" "$scratch/b"
is 'a program' "$(src/run)" ran

tar cf "$scratch/x.tar" src && mkdir un && tar xf "$scratch/x.tar" -C un && diff -r "$scratch/src" un/src

if command -v git >/dev/null; then
	export HOME=$scratch GIT_CONFIG_NOSYSTEM=1
	mkdir repo && cd repo && git init -q . && git config user.email a@b.c && git config user.name n
	cp -r ../src/. . && git add -A && git commit -qm one && echo more >>file && git commit -qam two
	is 'git status' "$(git status --short)" ''
	is commits "$(git log --oneline | wc -l)" 2
	git clone -q . ../clone && cmp file ../clone/file && cd ..
else
	echo 'git is not installed'
fi

mv src moved && test ! -e src && mkdir d && mv moved/file d/ && mv d e && test -f e/file
mv -n e/file moved/run && test -f e/file # what is there is kept
chmod 4751 e/file && is mode "$(stat -c %a e/file)" 4751
ln e/file hard && is links "$(stat -c %h hard)" 2 && rm e/file && is links "$(stat -c %h hard)" 1
ln -s hard sym && is 'a link' "$(readlink sym)" hard && cmp hard sym
truncate -s 100000 hard && is size "$(stat -c %s hard)" 100000
touch -d '2001-02-03 04:05:06.123456789' hard && is time "$(stat -c %.9Y hard)" "$(date -d '2001-02-03 04:05:06' +%s).123456789"
mkfifo fifo && { echo through >fifo & } && is fifo "$(cat fifo)" through
for i in $(seq 100); do echo "$i" >"n$i"; done
is names "$(find . -maxdepth 1 -name 'n*' | wc -l)" 100
find . -maxdepth 1 -name 'n*' -delete && is names "$(find . -maxdepth 1 -name 'n*' | wc -l)" 0
dd if=/dev/zero of=big bs=1M count=8 status=none && sync big && is big "$(wc -c <big)" 8388608
exec 5>gone && rm gone && echo text >&5 && is 'links, size' "$(stat -L -c '%h %s' /proc/self/fd/5)" '0 5' && exec 5>&-
flock lock flock -n lock2 true
flock lock sh -c 'flock -n lock true && exit 1 || exit 0'
cd / && rm -r "$mount"/*
