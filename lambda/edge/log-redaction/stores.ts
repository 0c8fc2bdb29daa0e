// The landing bucket and the bucket of the redacted logs, and their implementations in S3.
import { createHash } from 'node:crypto';
import type { Readable } from 'node:stream';
import {
  DeleteObjectCommand,
  GetObjectCommand,
  HeadObjectCommand,
  NoSuchKey,
  PutObjectCommand,
  paginateListObjectsV2,
  type S3Client,
} from '@aws-sdk/client-s3';

export interface LandedKey {
  readonly key: string;
  /** Time at which the load balancer wrote it. */
  readonly landed: Date;
}

export interface LandingBucket {
  /** The content of an object; undefined if it does not exist. */
  open(key: string): Promise<Readable | undefined>;
  /** Deletes an object, which may be gone already. */
  remove(key: string): Promise<void>;
  list(): AsyncIterable<LandedKey>;
}

export interface LogBucket {
  /** Writes or replaces an object. Returns its SHA-256, as base64. */
  store(key: string, content: Buffer): Promise<string>;
  /** @throws Error if the object does not exist or has another SHA-256 */
  verify(key: string, checksum: string): Promise<void>;
}

/** Reads of missing objects need `s3:ListBucket`: without it, S3 returns 403 ("GetObject", permissions). */
export class S3Landing implements LandingBucket {
  constructor(
    private readonly client: S3Client,
    private readonly bucket: string,
  ) {}

  async open(key: string): Promise<Readable | undefined> {
    try {
      const { Body: body } = await this.client.send(new GetObjectCommand({ Bucket: this.bucket, Key: key }));
      return body as Readable;
    } catch (error) {
      if (error instanceof NoSuchKey) return undefined;
      throw error;
    }
  }

  async remove(key: string): Promise<void> {
    await this.client.send(new DeleteObjectCommand({ Bucket: this.bucket, Key: key }));
  }

  async *list(): AsyncIterable<LandedKey> {
    for await (const { Contents = [] } of paginateListObjectsV2({ client: this.client }, { Bucket: this.bucket })) {
      for (const { Key: key, LastModified: landed } of Contents) if (key !== undefined && landed) yield { key, landed };
    }
  }
}

export class S3Logs implements LogBucket {
  constructor(
    private readonly client: S3Client,
    private readonly bucket: string,
  ) {}

  async store(key: string, content: Buffer): Promise<string> {
    const checksum = createHash('sha256').update(content).digest('base64');
    const object = { Bucket: this.bucket, Key: key, Body: content, ContentType: 'application/gzip', ChecksumSHA256: checksum };
    await this.client.send(new PutObjectCommand(object));
    return checksum;
  }

  async verify(key: string, checksum: string): Promise<void> {
    const { ChecksumSHA256: found } = await this.client.send(
      new HeadObjectCommand({ Bucket: this.bucket, Key: key, ChecksumMode: 'ENABLED' }),
    );
    if (found !== checksum) throw new Error(`${key}: expected the checksum ${checksum}, got ${found}; the raw log is redacted again`);
  }
}
