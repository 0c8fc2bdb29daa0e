// Packages of the minimal image of Amazon Linux 2023 for arm64, as AWS documents them ("AMI package changes", AL2023
// Minimal, release 2023.12.20260831).

export const imageNames: readonly string[] = `
alternatives amazon-chrony-config amazon-ec2-net-utils amazon-linux-repo-s3 amazon-linux-sb-keys audit audit-libs
awscli-2 basesystem bash bzip2-libs ca-certificates checkpolicy chrony cloud-init cloud-init-cfg-ec2
cloud-utils-growpart coreutils coreutils-common cpio cracklib cracklib-dicts crypto-policies cryptsetup-libs
curl-minimal cyrus-sasl-lib dbus dbus-broker dbus-common dbus-libs device-mapper device-mapper-libs diffutils dnf
dnf-data dnf-plugin-release-notification dnf-plugin-support-info dnf-plugins-core dracut dracut-config-ec2
dracut-config-generic e2fsprogs e2fsprogs-libs ec2-utils efi-filesystem efivar efivar-libs elfutils-default-yama-scope
elfutils-libelf elfutils-libs expat file file-libs filesystem findutils fuse-libs gawk gdbm-libs gdisk gettext
gettext-libs glib2 glibc glibc-all-langpacks glibc-common glibc-locale-source gmp gnupg2-minimal gnutls gpgme grep
groff-base grub2-common grub2-efi-aa64-ec2 grub2-pc-modules grub2-tools grub2-tools-minimal grubby gzip hostname
hwdata inih initscripts iproute iputils irqbalance jansson jitterentropy jq json-c kbd kbd-misc kernel
kernel-livepatch-repo-s3 keyutils-libs kmod kmod-libs krb5-libs less libacl libarchive libargon2 libassuan libattr
libblkid libbpf libcap libcap-ng libcbor libcom_err libcomps libcurl-minimal libdb libdnf libeconf libedit libfdisk
libffi libfido2 libgcc libgcrypt libgomp libgpg-error libidn2 libkcapi libkcapi-hmaccalc libmnl libmodulemd libmount
libnghttp2 libpipeline libpsl libpwquality librepo libreport-filesystem libseccomp libselinux libselinux-utils
libsemanage libsepol libsigsegv libsmartcols libsolv libss libstdc++ libtasn1 libtextstyle libunistring libuser
libutempter libuuid libverto libxcrypt libxml2 libxslt libyaml libzstd logrotate lua-libs lz4-libs man-db mpfr ncurses
ncurses-base ncurses-libs net-tools nettle npth numactl-libs oniguruma openldap openssh openssh-clients openssh-server
openssl openssl-fips-provider-latest openssl-libs openssl-pkcs11 os-prober p11-kit p11-kit-trust pam passwd pciutils
pciutils-libs pcre2 pcre2-syntax policycoreutils popt procps-ng psmisc publicsuffix-list-dafsa python3 python3-attrs
python3-audit python3-awscrt python3-babel python3-cffi python3-chardet python3-colorama python3-configobj
python3-cryptography python3-dateutil python3-dbus python3-distro python3-dnf python3-dnf-plugins-core
python3-docutils python3-elementpath python3-gpg python3-hawkey python3-idna python3-jinja2 python3-jmespath
python3-jsonpatch python3-jsonpointer python3-jsonschema python3-libcomps python3-libdnf python3-libs
python3-libselinux python3-libsemanage python3-lxml python3-markupsafe python3-netifaces python3-oauthlib
python3-pip-wheel python3-ply python3-policycoreutils python3-prettytable python3-prompt-toolkit python3-pycparser
python3-pyrsistent python3-pyserial python3-pysocks python3-pytz python3-pyyaml python3-requests python3-rpm
python3-ruamel-yaml python3-ruamel-yaml-clib python3-setools python3-setuptools python3-setuptools-wheel python3-six
python3-supportinfo python3-systemd python3-urllib3 python3-wcwidth python3-xmlschema readline rng-tools rootfiles rpm
rpm-build-libs rpm-libs rpm-plugin-selinux rpm-plugin-systemd-inhibit rpm-sign-libs sbsigntools sed selinux-policy
selinux-policy-targeted setup shadow-utils sqlite-libs sudo sysctl-defaults system-release systemd systemd-libs
systemd-networkd systemd-pam systemd-resolved systemd-udev tar tzdata update-motd userspace-rcu util-linux
util-linux-core vim-data vim-minimal which xfsprogs xz xz-libs yum zlib zram-generator zram-generator-defaults zstd
`
  .trim()
  .split(/\s+/);
