// Versions of the objects of one site in S3, from which a file of the lake that is gone is restored. (TOM-6.7)
import {
  GetObjectCommand,
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
}

/** The versions of the objects of one site. */
export interface LakeVersions {
  /** Versions of all objects of the day that the key is of, the newest of each first. */
  ofDay(key: string): Promise<readonly LakeVersion[]>;
  read(version: LakeVersion): Promise<Buffer>;
  /** Stores the content as the object, in place of what is there; S3 rejects a body with another digest. */
  restore(key: string, file: { readonly body: Buffer; readonly sha256: string }): Promise<void>;
}

export class S3LakeVersions implements LakeVersions {
  /** @param check refuses a key that is not of the site */
  constructor(
    private readonly client: Pick<S3Client, 'send'>,
    private readonly bucket: string,
    private readonly check: (key: string) => void,
  ) {}

  async ofDay(key: string): Promise<readonly LakeVersion[]> {
    this.check(key);
    const found: LakeVersion[] = [];
    for (let after: { KeyMarker?: string; VersionIdMarker?: string } | undefined = {}; after !== undefined; ) {
      const Prefix = key.slice(0, key.lastIndexOf('/') + 1);
      const page: ListObjectVersionsCommandOutput = await this.client.send(
        new ListObjectVersionsCommand({ Bucket: this.bucket, Prefix, ...after }),
      );
      for (const { Key = '', VersionId = '', Size = 0, IsLatest = false } of page.Versions ?? [])
        found.push({ key: Key, version: VersionId, bytes: Size, isCurrent: IsLatest });
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

const markersOf = ({ NextKeyMarker, NextVersionIdMarker }: ListObjectVersionsCommandOutput) => ({
  ...(NextKeyMarker === undefined ? {} : { KeyMarker: NextKeyMarker }),
  ...(NextVersionIdMarker === undefined ? {} : { VersionIdMarker: NextVersionIdMarker }),
});
