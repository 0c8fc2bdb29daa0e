// Completes package-lock.json with the platform packages that the registry at hand did not serve.
//
// Binaries such as biome's come as optional packages, one per platform. npm leaves out of the lock file what a registry (a mirror,
// say) does not have, and `npm ci` then refuses the lock file on every machine. The entries follow from the package's own list: exact
// version, and the platform from the name. They have no integrity, which npm fills in where it can fetch them.

export interface Lock {
  readonly packages: Readonly<Record<string, LockEntry>>;
}

interface LockEntry {
  readonly version?: string;
  readonly dev?: boolean;
  readonly optionalDependencies?: Readonly<Record<string, string>>;
  readonly [other: string]: unknown;
}

/** A package that the lock file should name. */
export interface Missing {
  readonly name: string;
  readonly version: string;
  /** Whether the package that wants it is for development alone. */
  readonly dev: boolean;
}

/** The optional packages that some package lists and the lock file does not name. */
export function missingFrom({ packages }: Lock): readonly Missing[] {
  return Object.entries(packages).flatMap(([path, { optionalDependencies = {}, dev = false }]) =>
    Object.entries(optionalDependencies)
      .filter(([name]) => !packages[`${path}/node_modules/${name}`] && !packages[`node_modules/${name}`])
      .map(([name, version]) => ({ name, version, dev })),
  );
}

/** The lock file with an entry for each missing package. Throws for a name that tells no platform, or a version that is a range. */
export function completeLock(lock: Lock): Lock {
  const added = missingFrom(lock).map((missing) => [`node_modules/${missing.name}`, entryOf(missing)] as const);
  const { '': root = {}, ...packages } = { ...lock.packages, ...Object.fromEntries(added) };
  const sorted = Object.entries(packages).sort(([a], [b]) => a.localeCompare(b, 'en'));
  return { ...lock, packages: { '': root, ...Object.fromEntries(sorted) } };
}

/** As in `@biomejs/cli-linux-x64-musl`: system, processor, and C library or binary interface. */
const platformName = /-(android|darwin|freebsd|linux|openharmony|win32)-(arm64|arm|x64|ia32|ppc64|s390x|riscv64|loong64)(?:-(\w+))?$/;

function entryOf({ name, version, dev }: Missing): LockEntry {
  const [, os, cpu, variant = ''] = platformName.exec(name) ?? [];
  if (!os || !cpu || !/^\d+\.\d+\.\d+$/.test(version)) {
    throw new Error(`package-lock.json: expected a platform package of one version, got ${name}@${version}; add its entry by hand`);
  }
  const libc = variant.startsWith('musl') ? { libc: ['musl'] } : variant.startsWith('gnu') ? { libc: ['glibc'] } : {};
  return { version, cpu: [cpu], ...(dev ? { dev } : {}), ...libc, optional: true, os: [os] };
}
