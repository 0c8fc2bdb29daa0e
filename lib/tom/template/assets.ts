// Assets of a stack: the files that the deployment uploads before it, as the manifest of the assembly lists them.
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { dirname, join, relative, sep } from 'node:path';
import { FileSystem } from 'aws-cdk-lib/core';

/** A file, or a folder as an archive, that the deployment uploads. */
export interface Asset {
  /** Key in the bucket of the bootstrap; the name carries a digest of the content. */
  readonly objectKey: string;
  /** The bucket, as in `cdk-hnb659fds-assets-${AWS::AccountId}-eu-west-3`. */
  readonly bucket: string;
  /** Path of the file or folder in the assembly. */
  readonly path: string;
}

interface Manifest {
  readonly files?: Readonly<Record<string, ManifestFile>>;
}

interface ManifestFile {
  readonly source: { readonly path?: string };
  readonly destinations: Readonly<Record<string, { readonly bucketName: string; readonly objectKey: string }>>;
}

/** The assets of the stack whose template is at a path; empty if the assembly has no manifest of them. */
export function readAssets(templatePath: string): readonly Asset[] {
  const manifest = templatePath.replace(/\.template\.json$/, '.assets.json');
  if (!existsSync(manifest)) return [];
  const { files = {} } = JSON.parse(readFileSync(manifest, 'utf8')) as Manifest;
  return Object.values(files).flatMap(({ source: { path }, destinations }) =>
    path === undefined
      ? []
      : Object.values(destinations).map(({ bucketName, objectKey }) => ({
          objectKey,
          bucket: bucketName,
          path: join(dirname(manifest), path),
        })),
  );
}

/** Content of an asset that is a folder. */
export interface AssetFolder {
  /** Digest of the folder as the CDK computes it for the key of the asset ("FileSystem.fingerprint"). */
  readonly digest: string;
  /** The files by path in the folder, with `/`. */
  readonly files: ReadonlyMap<string, string>;
}

const folders = new WeakMap<Asset, AssetFolder | null>();

/** The files of an asset and their digest, read once; `undefined` unless the asset is a folder of the assembly. */
export function folderOf(asset: Asset): AssetFolder | undefined {
  const known = folders.get(asset);
  if (known !== undefined) return known ?? undefined;
  const folder = readFolder(asset.path);
  folders.set(asset, folder ?? null);
  return folder;
}

function readFolder(path: string): AssetFolder | undefined {
  if (!existsSync(path) || !statSync(path).isDirectory()) return undefined;
  const entries = readdirSync(path, { recursive: true, withFileTypes: true }).filter((entry) => !entry.isDirectory());
  const files = entries.map((entry) => join(entry.parentPath, entry.name)).sort();
  return {
    digest: FileSystem.fingerprint(path),
    files: new Map(files.map((file) => [relative(path, file).split(sep).join('/'), readFileSync(file, 'utf8')])),
  };
}
