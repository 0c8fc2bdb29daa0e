// A store of small objects that functions read and replace as a whole, and its implementation in S3.
import { GetObjectCommand, NoSuchKey, PutObjectCommand, type S3Client, S3ServiceException } from '@aws-sdk/client-s3';

export interface StoredObject {
  readonly text: string;
  /** Version of the content, by which {@link ObjectStore.write} replaces exactly this content. */
  readonly version: string;
}

export interface ObjectStore {
  /** The object, or undefined if it does not exist. */
  read(key: string): Promise<StoredObject | undefined>;
  /**
   * Replaces the content `replaced`, or creates the object if `replaced` is undefined. Returns false and writes
   * nothing if the object has changed since.
   */
  write(key: string, text: string, contentType: string, replaced: StoredObject | undefined): Promise<boolean>;
}

/**
 * Objects of one S3 bucket. A reader needs `s3:ListBucket` besides `s3:GetObject`: without it, S3 returns "access
 * denied" for an object that does not exist ("GetObject", permissions).
 */
export class S3Objects implements ObjectStore {
  constructor(
    private readonly client: Pick<S3Client, 'send'>,
    private readonly bucket: string,
  ) {}

  async read(key: string): Promise<StoredObject | undefined> {
    try {
      const { Body: body, ETag: version } = await this.client.send(new GetObjectCommand({ Bucket: this.bucket, Key: key }));
      if (!body || !version) throw new Error(`${this.bucket}/${key}: expected an object with an ETag, got none; check the store`);
      return { text: await body.transformToString('utf-8'), version };
    } catch (error) {
      if (error instanceof NoSuchKey) return undefined;
      throw error;
    }
  }

  async write(key: string, text: string, contentType: string, replaced: StoredObject | undefined): Promise<boolean> {
    const condition = replaced ? { IfMatch: replaced.version } : { IfNoneMatch: '*' };
    try {
      await this.client.send(
        new PutObjectCommand({ Bucket: this.bucket, Key: key, Body: Buffer.from(text), ContentType: contentType, ...condition }),
      );
      return true;
    } catch (error) {
      if (isConflict(error)) return false;
      throw error;
    }
  }
}

/**
 * Statuses 412, 409 (concurrent writes) and 404 (object deleted meanwhile): "How to prevent object overwrites with
 * conditional writes".
 */
const isConflict = (error: unknown): boolean =>
  error instanceof S3ServiceException && ['PreconditionFailed', 'ConditionalRequestConflict', 'NoSuchKey'].includes(error.name);
