// Sources of the site snapshot: an object in S3, or a file. An unchanged snapshot is not read again.
import { open } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { GetObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { DatedRequests, withRenewal } from '../aws';
import type { Clock } from '../clock/clock';

export interface SnapshotVersion {
  readonly text: string;
  /** Order of versions: a later one has a higher number, or the same. Milliseconds since 1970. */
  readonly written: number;
}

export interface SnapshotSource {
  /** The snapshot, or `unchanged` since the last call. @throws Error if it cannot be read */
  read(): Promise<SnapshotVersion | 'unchanged'>;
}

/** The source for a value of SITES_SOURCE. */
export function snapshotSource(source: string, region: string, clock: Clock): SnapshotSource {
  const [, bucket, key] = /^s3:\/\/([^/]+)\/(.+)$/.exec(source) ?? [];
  if (bucket === undefined || key === undefined) return new FileSource(fileURLToPath(source));
  return new ObjectSource(withRenewal(new S3Client({ region, requestHandler: new DatedRequests(clock) })), bucket, key);
}

export class FileSource implements SnapshotSource {
  private last = '';
  private written = 0;

  constructor(private readonly path: string) {}

  async read(): Promise<SnapshotVersion | 'unchanged'> {
    const file = await open(this.path, 'r');
    try {
      const { mtimeMs, size, ino } = await file.stat();
      const version = `${mtimeMs} ${size} ${ino}`;
      if (version === this.last) return 'unchanged';
      const text = await file.readFile('utf8');
      this.last = version;
      // A file has one version at a time: a changed one is later, even if the clock was set back meanwhile.
      this.written = Math.max(this.written, mtimeMs);
      return { text, written: this.written };
    } finally {
      await file.close();
    }
  }
}

export class ObjectSource implements SnapshotSource {
  private tag: string | undefined;

  constructor(
    private readonly client: Pick<S3Client, 'send'>,
    private readonly bucket: string,
    private readonly key: string,
  ) {}

  async read(): Promise<SnapshotVersion | 'unchanged'> {
    try {
      const condition = this.tag === undefined ? {} : { IfNoneMatch: this.tag };
      const object = await this.client.send(new GetObjectCommand({ Bucket: this.bucket, Key: this.key, ...condition }));
      const text = (await object.Body?.transformToString('utf-8')) ?? '';
      this.tag = object.ETag;
      return { text, written: object.LastModified?.getTime() ?? 0 };
    } catch (error) {
      // The SDK throws for 304 Not Modified ("GetObject", Amazon S3 API reference).
      const status = (error as { readonly $metadata?: { readonly httpStatusCode?: number } }).$metadata?.httpStatusCode;
      if (status === 304) return 'unchanged';
      throw error;
    }
  }
}
