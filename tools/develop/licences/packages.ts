// The installed packages with their licences, and which of them are bundled into functions and services.
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { isPermissive } from './permissive';

export interface InstalledPackage {
  readonly name: string;
  readonly version: string;
  /** SPDX expression as the package states it, or `none`. */
  readonly licence: string;
  /** Folder below the root, as in `node_modules/pg`. */
  readonly folder: string;
}

export interface LicenceReport {
  readonly bundled: readonly InstalledPackage[];
  readonly others: readonly InstalledPackage[];
  /** Bundled packages without a permissive licence. */
  readonly refused: readonly InstalledPackage[];
}

/** The licences of the packages below `root`; `files` are those that the bundles come from. */
export function licenceReport(root: string, files: readonly string[]): LicenceReport {
  const folders = new Set(files.flatMap((file) => folderOf(file) ?? []));
  const bundled = [...folders].toSorted().map((folder) => packageIn(root, folder));
  const others = installedFolders(root, 'node_modules')
    .filter((folder) => !folders.has(folder))
    .map((folder) => packageIn(root, folder));
  return { bundled, others, refused: bundled.filter(({ licence }) => !isPermissive(licence)) };
}

/** The folder of the package that a file is part of; `undefined` for a file of the project. */
function folderOf(file: string): string | undefined {
  return /^(?:.*\/)?node_modules\/(?:@[^/]+\/)?[^/]+/.exec(file)?.[0];
}

/** Every folder with a package, those within other packages too. */
function installedFolders(root: string, modules: string): readonly string[] {
  const folder = join(root, modules);
  if (!existsSync(folder)) return [];
  const names = readdirSync(folder, { withFileTypes: true })
    .filter((entry) => entry.isDirectory() && !entry.name.startsWith('.'))
    .flatMap(({ name }) => (name.startsWith('@') ? readdirSync(join(folder, name)).map((inner) => `${name}/${inner}`) : [name]));
  return names.toSorted().flatMap((name) => {
    const own = `${modules}/${name}`;
    const isPackage = existsSync(join(root, own, 'package.json'));
    return [...(isPackage ? [own] : []), ...installedFolders(root, `${own}/node_modules`)];
  });
}

interface Manifest {
  readonly name?: string;
  readonly version?: string;
  readonly license?: unknown;
  /** Form of early versions of npm: each of them may be chosen. */
  readonly licenses?: readonly unknown[];
}

function packageIn(root: string, folder: string): InstalledPackage {
  const file = join(root, folder, 'package.json');
  const manifest = existsSync(file) ? (JSON.parse(readFileSync(file, 'utf8')) as Manifest) : {};
  const { name = folder.replace(/^.*node_modules\//, ''), version = '', license, licenses = [] } = manifest;
  const stated = [license, ...licenses].map(nameOfLicence).filter((text) => text !== undefined);
  return { name, version, licence: stated.join(' OR ') || 'none', folder };
}

function nameOfLicence(licence: unknown): string | undefined {
  if (typeof licence === 'string') return licence;
  const { type } = (licence ?? {}) as { readonly type?: unknown };
  return typeof type === 'string' ? type : undefined;
}
