// Small objects that functions read and replace, each in one piece; S3 as such a store.
import { GetObjectCommand, NoSuchKey, PutObjectCommand, type S3Client, S3ServiceException } from '@aws-sdk/client-s3';

export interface StoredObject {
  readonly text: string;
  /** Tells this content from another; what {@link ObjectStore.write} is given to replace just this one. */
  readonly version: string;
}

export interface ObjectStore {
  /** The object, or undefined if there is none. */
  read(key: string): Promise<StoredObject | undefined>;
  /**
   * Writes an object in place of `replaced`, or a new one where that is undefined. False, and nothing is written, if the object is not
   * what was said: somebody else was first.
   */
  write(key: string, text: string, contentType: string, replaced: StoredObject | undefined): Promise<boolean>;
}

/**
 * Objects of one S3 bucket. Whoever reads needs `s3:ListBucket` besides `s3:GetObject`, without which S3 says "access denied" of an
 * object that is not there ("GetObject", permissions).
 */
export class S3Objects implements ObjectStore {
  constructor(
    private readonly client: Pick<S3Client, 'send'>,
    private readonly bucket: string,
  ) {}

  async read(key: string): Promise<StoredObject | undefined> {
    try {
      const { Body: body, ETag: version } = await this.client.send(new GetObjectCommand({ Bucket: this.bucket, Key: key }));
      if (!body || !version) throw new Error(`${this.bucket}/${key}: expected an object with an ETag, got none; see to the store`);
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

/** "How to prevent object overwrites with conditional writes": 412, 409 for writes at once, and 404 for an object that was deleted meanwhile. */
const isConflict = (error: unknown): boolean =>
  error instanceof S3ServiceException && ['PreconditionFailed', 'ConditionalRequestConflict', 'NoSuchKey'].includes(error.name);
