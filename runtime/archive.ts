// Writes to the archive bucket: whole objects, once, each with a checksum that S3 verifies.
import { createHash } from 'node:crypto';
import { PutObjectCommand, type S3Client } from '@aws-sdk/client-s3';

export interface Archive {
  /** Stores a new object; fails if the key exists. @param sha256 digest of the body, which the store verifies */
  put(key: string, body: Buffer, contentType: string, sha256: Buffer): Promise<void>;
}

/** An archive in an S3 bucket. The default encryption and retention of the bucket apply. */
export class S3Archive implements Archive {
  constructor(
    private readonly client: Pick<S3Client, 'send'>,
    private readonly bucket: string,
  ) {}

  async put(key: string, body: Buffer, contentType: string, sha256: Buffer): Promise<void> {
    await this.client.send(
      new PutObjectCommand({
        Bucket: this.bucket,
        Key: key,
        Body: body,
        ContentType: contentType,
        // S3 rejects an object with another digest ("Checking object integrity", Amazon S3).
        ChecksumAlgorithm: 'SHA256',
        ChecksumSHA256: sha256.toString('base64'),
        IfNoneMatch: '*',
      }),
    );
  }
}

/**
 * Stores a file and its checksum, as `sha256sum --check` reads it, in a second object. Returns the checksum in
 * hexadecimal. (TOM-5.8)
 */
export async function putWithChecksum(archive: Archive, key: string, body: Buffer, contentType: string): Promise<string> {
  const digest = createHash('sha256').update(body).digest();
  const name = key.slice(key.lastIndexOf('/') + 1);
  const line = Buffer.from(`${digest.toString('hex')}  ${name}\n`);
  await archive.put(key, body, contentType, digest);
  await archive.put(`${key}.sha256`, line, 'text/plain', createHash('sha256').update(line).digest());
  return digest.toString('hex');
}
