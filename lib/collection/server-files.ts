// The files of a server: the program, the files of services/collector/host, and the user data that downloads them.
import { createHash, randomUUID } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Asset } from 'aws-cdk-lib/aws-s3-assets';
import { Construct } from 'constructs';

const repository = join(__dirname, '..', '..');
const folder = join(repository, 'services', 'collector', 'host');
const connectFolder = join(repository, 'services', 'collector', 'instance-connect');

/** Folder in which the files of assets are written; git and linters ignore it. */
const cache = join(repository, 'node_modules', '.cache', 'rempart', 'servers');

/** Beginning of the user data, which fetches the other files. */
const preamble = 'fetch.sh';

/** Files of a server by their name there, with the same line endings on every machine. */
export type ServerTexts = Readonly<Record<string, string>>;

/** The files of services/collector/host, except the preamble of the user data. */
export function hostTexts(from: string = folder): ServerTexts {
  const names = readdirSync(from)
    .filter((name) => name !== preamble && !name.endsWith('.ts'))
    .sort();
  return Object.fromEntries(names.map((name) => [name, textOf(join(from, name))]));
}

/** The list of packages, which is one file of both folders. */
const packageList = 'packages.list';

/** The files with which a server has EC2 Instance Connect: further ones, and a longer list of packages. (DSS-5.6.6) */
export function connectTexts(): ServerTexts {
  const further = hostTexts(connectFolder);
  return { ...further, [packageList]: `${hostTexts()[packageList]}${further[packageList]}` };
}

export interface ServerFilesProps {
  /** The program as one file, by its name on the server, as in `collector.cjs`. */
  readonly program: ServerTexts;
  /** Settings files for /etc/rempart: `NAME=value` lines, or the format of a program of the server. */
  readonly settings: ServerTexts;
  /** Set in the environment of the user data. */
  readonly region: string;
  /** Whether servers have an SSH server for EC2 Instance Connect. (DSS-5.6.6) */
  readonly instanceConnect: boolean;
}

/**
 * Each file is an asset of its own in the bucket of the CDK bootstrap, in the region: the template shows a change of
 * one file as such, and a server boots without internet access (TOM-6.10). The bucket is not trusted: the user data
 * has the SHA-256 of each file.
 */
export class ServerFiles extends Construct {
  /** User data of the launch template. */
  readonly userData: string;
  /** ARNs of the objects that the server reads. */
  readonly objects: readonly string[];

  constructor(scope: Construct, id: string, { program, settings, region, instanceConnect }: ServerFilesProps) {
    super(scope, id);
    const texts = { ...hostTexts(), ...(instanceConnect ? connectTexts() : {}), ...program };
    const assets = Object.entries(texts).map(([name, text]) => ({
      name,
      checksum: createHash('sha256').update(text).digest('hex'),
      asset: new Asset(this, name.replace(/\W+/g, '-'), { path: fileWith(name, text) }),
    }));
    this.objects = assets.map(({ asset }) => asset.bucket.arnForObjects(asset.s3ObjectKey));
    this.userData = [
      '#!/bin/bash',
      textOf(join(folder, preamble)).trimEnd(),
      `export AWS_REGION=${region} AWS_DEFAULT_REGION=${region}`,
      // Settings first: a server that cannot fetch the other files reports that to the fleet, whose name is in the
      // settings.
      ...Object.entries(settings).map(([name, text]) => `keep ${name} <<'SETTINGS'\n${text.trimEnd()}\nSETTINGS`),
      ...assets.map(({ name, checksum, asset }) => `fetch ${asset.s3BucketName} ${asset.s3ObjectKey} ${checksum} ${name}`),
      // Sourced, not run by `exec` or in a process of its own, so that the trap of the preamble covers the boot.
      '. "$program_folder/boot.sh"',
      ...(instanceConnect ? ['. "$program_folder/instance-connect.sh"'] : []),
      'trap - EXIT',
      '',
    ].join('\n');
  }
}

/** Path of a file with that name and content. The file appears in one step: no process reads a part of it. */
function fileWith(name: string, text: string): string {
  const home = join(cache, createHash('sha256').update(text).digest('hex').slice(0, 16));
  const path = join(home, name);
  if (existsSync(path)) return path;
  mkdirSync(home, { recursive: true });
  const unfinished = join(home, `.${name}.${randomUUID()}`);
  writeFileSync(unfinished, text);
  renameSync(unfinished, path);
  return path;
}

const textOf = (path: string): string => readFileSync(path, 'utf8').replaceAll('\r\n', '\n');
