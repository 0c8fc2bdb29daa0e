// The objects of one site in S3 as they are, with their versions: a file of the lake that is gone is restored from
// one, and the catalogue is compared with them. (TOM-6.7)
import { createHash } from 'node:crypto';
import {
  GetObjectCommand,
  HeadObjectCommand,
  ListObjectVersionsCommand,
  type ListObjectVersionsCommandOutput,
  PutObjectCommand,
  type S3Client,
} from '@aws-sdk/client-s3';

/** A version of an object; a deletion is none. */
export interface LakeVersion {
  readonly key: string;
  readonly version: string;
  readonly bytes: number;
  /** Whether it is the object as it is now. */
  readonly isCurrent: boolean;
  readonly modified: Date;
}

/** The versions of the objects of one site. */
export interface LakeVersions {
  /** Versions of all objects of the day that the key is of, the newest of each first. */
  ofDay(key: string): Promise<readonly LakeVersion[]>;
  /** Versions of all objects of the site, by key, the newest of each first. */
  ofSite(): Promise<readonly LakeVersion[]>;
  /** Digest of the object as it is now, in hexadecimal digits. */
  digest(key: string): Promise<string>;
  read(version: LakeVersion): Promise<Buffer>;
  /** Stores the content as the object, in place of what is there; S3 rejects a body with another digest. */
  restore(key: string, file: { readonly body: Buffer; readonly sha256: string }): Promise<void>;
}

export class S3LakeVersions implements LakeVersions {
  /**
   * @param folder of the site
   * @param check refuses a key that is not of the site
   */
  constructor(
    private readonly client: Pick<S3Client, 'send'>,
    private readonly bucket: string,
    private readonly folder: string,
    private readonly check: (key: string) => void,
  ) {}

  ofDay(key: string): Promise<readonly LakeVersion[]> {
    this.check(key);
    return this.below(key.slice(0, key.lastIndexOf('/') + 1));
  }

  ofSite(): Promise<readonly LakeVersion[]> {
    return this.below(this.folder);
  }

  digest(key: string): Promise<string> {
    this.check(key);
    return digestOf(this.client, this.bucket, key);
  }

  private async below(Prefix: string): Promise<readonly LakeVersion[]> {
    const found: LakeVersion[] = [];
    for (let after: { KeyMarker?: string; VersionIdMarker?: string } | undefined = {}; after !== undefined; ) {
      const page: ListObjectVersionsCommandOutput = await this.client.send(
        new ListObjectVersionsCommand({ Bucket: this.bucket, Prefix, ...after }),
      );
      for (const { Key = '', VersionId = '', Size = 0, IsLatest = false, LastModified = new Date(0) } of page.Versions ?? [])
        found.push({ key: Key, version: VersionId, bytes: Size, isCurrent: IsLatest, modified: LastModified });
      after = page.IsTruncated === true ? markersOf(page) : undefined;
    }
    return found;
  }

  async read({ key, version }: LakeVersion): Promise<Buffer> {
    this.check(key);
    const { Body } = await this.client.send(new GetObjectCommand({ Bucket: this.bucket, Key: key, VersionId: version }));
    return Buffer.from((await Body?.transformToByteArray()) ?? []);
  }

  async restore(key: string, { body, sha256 }: { readonly body: Buffer; readonly sha256: string }): Promise<void> {
    this.check(key);
    const ChecksumSHA256 = Buffer.from(sha256, 'hex').toString('base64');
    const ContentType = 'application/vnd.apache.parquet';
    await this.client.send(
      new PutObjectCommand({ Bucket: this.bucket, Key: key, Body: body, ContentType, ChecksumAlgorithm: 'SHA256', ChecksumSHA256 }),
    );
  }
}

/**
 * Digest of an object as it is now. S3 keeps the digest with which the lake's objects are written; the content of one
 * without is read.
 */
export async function digestOf(client: Pick<S3Client, 'send'>, bucket: string, key: string): Promise<string> {
  const { ChecksumSHA256: kept } = await client.send(new HeadObjectCommand({ Bucket: bucket, Key: key, ChecksumMode: 'ENABLED' }));
  // That of an object in parts is another one, and ends with their number.
  if (kept !== undefined && /^[A-Za-z0-9+/]{43}=$/.test(kept)) return Buffer.from(kept, 'base64').toString('hex');
  const { Body } = await client.send(new GetObjectCommand({ Bucket: bucket, Key: key }));
  return createHash('sha256')
    .update((await Body?.transformToByteArray()) ?? '')
    .digest('hex');
}

const markersOf = ({ NextKeyMarker, NextVersionIdMarker }: ListObjectVersionsCommandOutput) => ({
  ...(NextKeyMarker === undefined ? {} : { KeyMarker: NextKeyMarker }),
  ...(NextVersionIdMarker === undefined ? {} : { VersionIdMarker: NextVersionIdMarker }),
});
