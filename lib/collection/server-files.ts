// What a server is made of: the program and the files of services/collector/host, and the user data that brings them to it.
import { createHash, randomUUID } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Asset } from 'aws-cdk-lib/aws-s3-assets';
import { Construct } from 'constructs';

const repository = join(__dirname, '..', '..');
const folder = join(repository, 'services', 'collector', 'host');

/** Where files are put together for the asset: out of sight of git, linter and reader. */
const cache = join(repository, 'node_modules', '.cache', 'rempart', 'servers');

/** What the user data begins with; it is not fetched, it fetches. */
const preamble = 'fetch.sh';

/** Files of a server by their name there, with the line ends of no particular machine. */
export type ServerTexts = Readonly<Record<string, string>>;

/** The files of services/collector/host but the preamble of the user data. */
export function hostTexts(from: string = folder): ServerTexts {
  const names = readdirSync(from)
    .filter((name) => name !== preamble && !name.endsWith('.ts'))
    .sort();
  return Object.fromEntries(names.map((name) => [name, textOf(join(from, name))]));
}

export interface ServerFilesProps {
  /** The program as one file, by its name on the server, as in `collector.cjs`. */
  readonly program: ServerTexts;
  /** Files of settings, which go into /etc/rempart: `NAME=value` lines, or what a program of the server reads. */
  readonly settings: ServerTexts;
  /** Set in the environment of the user data. */
  readonly region: string;
}

/**
 * Each file is an asset of its own in the bucket of the CDK bootstrap, in the region: a change of one file shows as that in the template,
 * and a server boots without internet (TOM-6.10). The bucket is not believed: the user data holds the SHA-256 of each file.
 */
export class ServerFiles extends Construct {
  /** What the launch template hands to the server. */
  readonly userData: string;
  /** ARNs of the objects that the server reads. */
  readonly objects: readonly string[];

  constructor(scope: Construct, id: string, { program, settings, region }: ServerFilesProps) {
    super(scope, id);
    const texts = { ...hostTexts(), ...program };
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
      // Settings first: a server that cannot fetch the rest says so to the fleet that they name.
      ...Object.entries(settings).map(([name, text]) => `keep ${name} <<'SETTINGS'\n${text.trimEnd()}\nSETTINGS`),
      ...assets.map(({ name, checksum, asset }) => `fetch ${asset.s3BucketName} ${asset.s3ObjectKey} ${checksum} ${name}`),
      // Not run by `exec`, nor as a process of its own: the trap of the preamble guards the boot too.
      '. "$program_folder/boot.sh"',
      'trap - EXIT',
      '',
    ].join('\n');
  }
}

/** A file of that name and content, made in one step: another process never sees half of it. */
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
