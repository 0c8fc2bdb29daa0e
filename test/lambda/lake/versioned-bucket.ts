// A typed fake of S3 with versions and deletions, and the lake in it: objects of one site at a time.
import { createHash } from 'node:crypto';
import {
  DeleteObjectCommand,
  GetObjectCommand,
  HeadObjectCommand,
  ListObjectVersionsCommand,
  type ListObjectVersionsCommandOutput,
  PutObjectCommand,
  type S3Client,
} from '@aws-sdk/client-s3';
import { type Lake, type LakeStore, siteFolder } from '../../../runtime/lake/store';
import { type LakeVersions, S3LakeVersions } from '../../../runtime/lake/versions';
import type { SiteId } from '../../../runtime/site';

interface Version {
  readonly id: string;
  readonly body: Buffer | undefined;
  readonly modified?: Date;
}

/** The bucket: versions of each key, the newest first; without a body a version is a deletion. */
export class VersionedBucket implements Lake {
  readonly keys = new Map<string, Version[]>();
  readonly puts: string[] = [];
  /** Keys in the order in which they were deleted. */
  readonly deleted: string[] = [];
  private next = 1;

  put(key: string, body: Buffer | undefined): void {
    // Each write is a second after the one before.
    const modified = new Date(1_700_000_000_000 + 1000 * this.next);
    this.keys.set(key, [{ id: `v${this.next++}`, body, modified }, ...(this.keys.get(key) ?? [])]);
  }

  current = (key: string) => this.keys.get(key)?.[0]?.body;

  /** Keys of the objects below a folder. */
  present = (folder = ''): readonly string[] =>
    [...this.keys.keys()].filter((key) => key.startsWith(folder) && this.current(key) !== undefined).sort();

  /** Ends the versions of an object, as 14 days after its deletion. */
  end = (key: string) => this.keys.delete(key);

  of(site: SiteId): LakeStore {
    const reach = (key: string) => {
      if (!key.startsWith(siteFolder(site))) throw new Error(`AccessDenied: ${key} is not of site ${site}`);
      return key;
    };
    return {
      open: ({ key, bytes }) => ({
        key,
        bytes,
        read: async (start, end) => {
          const body = this.current(reach(key));
          if (!body) throw new Error(`NoSuchKey: ${key}`);
          return new Uint8Array(body.subarray(start, end)).buffer;
        },
      }),
      put: async (key, { body }) => {
        const before = this.current(reach(key));
        if (before?.equals(body) !== true) this.put(key, body);
      },
      remove: async (key) => {
        this.deleted.push(reach(key));
        if (this.current(key)) this.put(key, undefined);
      },
    };
  }

  versionsOf(site: SiteId): LakeVersions {
    const check = (key: string) => {
      if (!key.startsWith(siteFolder(site))) throw new Error(`AccessDenied: ${key} is not of site ${site}`);
    };
    return new S3LakeVersions(this.client, 'archive', siteFolder(site), check);
  }

  readonly client: Pick<S3Client, 'send'> = {
    send: async (command: unknown) => {
      if (command instanceof ListObjectVersionsCommand) return this.list(command.input);
      if (command instanceof GetObjectCommand) return this.get(command.input);
      if (command instanceof HeadObjectCommand) return this.head(command.input);
      if (command instanceof DeleteObjectCommand) throw new Error('AccessDenied: a restore deletes nothing');
      if (!(command instanceof PutObjectCommand)) throw new Error('NotImplemented');
      const { Key = '', Body, ChecksumSHA256 } = command.input;
      const body = Buffer.from(Body as Buffer);
      if (createHash('sha256').update(body).digest('base64') !== ChecksumSHA256) throw new Error('BadDigest');
      this.puts.push(Key);
      this.put(Key, body);
      return { $metadata: {} };
    },
  } as never;

  /** Pages of two versions. */
  private list({ Prefix = '', KeyMarker, VersionIdMarker }: ListObjectVersionsCommand['input']): ListObjectVersionsCommandOutput {
    const all = [...this.keys]
      .filter(([key]) => key.startsWith(Prefix))
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .flatMap(([Key, versions]) =>
        versions.map(({ id, body, modified = new Date(0) }, index) => ({
          ...{ Key, VersionId: id, body, IsLatest: index === 0, LastModified: modified },
        })),
      );
    const from =
      KeyMarker === undefined ? 0 : all.findIndex(({ Key, VersionId }) => Key === KeyMarker && VersionId === VersionIdMarker) + 1;
    const page = all.slice(from, from + 2);
    const last = page.at(-1);
    return {
      $metadata: {},
      Versions: page.flatMap(({ body, ...version }) => (body === undefined ? [] : [{ ...version, Size: body.length }])),
      IsTruncated: from + 2 < all.length,
      ...(last && { NextKeyMarker: last.Key, NextVersionIdMarker: last.VersionId }),
    };
  }

  private get({ Key = '', VersionId }: GetObjectCommand['input']) {
    const body = this.keys.get(Key)?.find(({ id }) => VersionId === undefined || id === VersionId)?.body;
    if (body === undefined) throw new Error('NoSuchVersion');
    return { $metadata: {}, Body: { transformToByteArray: async () => new Uint8Array(body) } };
  }

  private head({ Key = '', ChecksumMode }: HeadObjectCommand['input']) {
    const body = this.current(Key);
    if (body === undefined) throw new Error('NotFound');
    return {
      $metadata: {},
      ...(ChecksumMode === 'ENABLED' ? { ChecksumSHA256: createHash('sha256').update(body).digest('base64') } : {}),
    };
  }
}
