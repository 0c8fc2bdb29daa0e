// Assets of a stack: the files that the deployment uploads before the stack, as the manifest of the assembly lists them.
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

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
