// The archive bucket, as far as functions write to it: whole objects, once, with a checksum that the store verifies.
import { createHash } from 'node:crypto';
import { PutObjectCommand, type S3Client } from '@aws-sdk/client-s3';

export interface Archive {
  /** Stores an object that is not there yet. @param sha256 digest of the body, which the store compares with what arrived */
  put(key: string, body: Buffer, contentType: string, sha256: Buffer): Promise<void>;
}

/** An archive in an S3 bucket, whose default encryption and retention apply. */
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
        // S3 refuses the object if it does not hash to this ("Checking object integrity", Amazon S3).
        ChecksumAlgorithm: 'SHA256',
        ChecksumSHA256: sha256.toString('base64'),
        IfNoneMatch: '*',
      }),
    );
  }
}

/** Stores a file and, beside it, its checksum in the form that `sha256sum --check` reads. Gives the checksum in hexadecimal. (TOM-5.8) */
export async function putWithChecksum(archive: Archive, key: string, body: Buffer, contentType: string): Promise<string> {
  const digest = createHash('sha256').update(body).digest();
  const name = key.slice(key.lastIndexOf('/') + 1);
  const line = Buffer.from(`${digest.toString('hex')}  ${name}\n`);
  await archive.put(key, body, contentType, digest);
  await archive.put(`${key}.sha256`, line, 'text/plain', createHash('sha256').update(line).digest());
  return digest.toString('hex');
}
