// Objects of the lake in S3, with credentials that reach those of one site. (TOM-4.1, TOM-7.1)
import {
  DeleteObjectCommand,
  GetObjectCommand,
  PutObjectCommand,
  S3Client,
  type S3ClientConfig,
  S3ServiceException,
} from '@aws-sdk/client-s3';
import { AssumeRoleCommand, type STSClient } from '@aws-sdk/client-sts';
import { boundedCalls } from '../bounded-calls';
import type { SiteId } from '../site';
import type { RangeSource } from './read';
import { digestOf, type LakeVersions, S3LakeVersions } from './versions';
import type { LakeFile } from './write';

/** Session tag with the site whose objects a session of a lake role reaches. */
const siteTag = 'rempart:site';

/** Duration of a session in seconds: the shortest that AWS STS grants. The client renews it. */
const sessionSeconds = 900;

/**
 * Most writes of an object. S3 answers 409 when another request changed the object meanwhile, and the client is to
 * repeat the write ("PutObject", If-None-Match); the SDK does not. Runs of the export overlap when Lambda delivers an
 * event twice, or a person invokes the function.
 */
const mostWrites = 4;

/** Clients that are kept: each holds credentials and memory, and a run visits all sites, one after the other. */
const mostClients = 32;

/** An object, as the catalogue `rempart.lake_files` has it. */
export interface LakeObject {
  readonly key: string;
  readonly bytes: number;
}

/** The objects of one site. */
export interface LakeStore {
  /** The object, read in ranges. A range of an object that does not exist fails with the key in the message. */
  open(object: LakeObject): RangeSource;
  /**
   * Stores an object. One under the same key is kept if it has this content, as keys contain the digest; a damaged one
   * is replaced.
   */
  put(key: string, file: Pick<LakeFile, 'body' | 'sha256'>): Promise<void>;
  /** Deletes the object; its last version ends with the versions of the bucket. An object that is gone is no error. */
  remove(key: string): Promise<void>;
}

/** The lake, site by site. */
export interface Lake {
  of(site: SiteId): LakeStore;
}

/** Folder of a site in the archive bucket. */
export const siteFolder = (site: SiteId): string => `lake/site=${site}/`;

/**
 * Key of an object of the lake: Hive partitions, and the first 16 digits of the digest of its content.
 *
 * @param day `yyyy-mm-dd`
 * @param sha256 in hexadecimal digits
 */
export const lakeKey = (site: SiteId, day: string, sha256: string): string =>
  `${siteFolder(site)}day=${day}/${sha256.slice(0, 16)}.parquet`;

/** A key of {@link lakeKey} behind its folder. */
const rest = /^day=\d{4}-\d{2}-\d{2}\/[0-9a-f]{16}\.parquet$/;

export interface S3LakeOptions {
  readonly sts: Pick<STSClient, 'send'>;
  /** ARN of the role `lake-reader` or `lake-writer`. */
  readonly role: string;
  readonly bucket: string;
  /** Options of the clients, such as an endpoint of tests. */
  readonly client?: S3ClientConfig;
}

/**
 * The lake in S3. Each site has a client of its own, whose session of the role has the tag `rempart:site`: AWS denies
 * objects of other sites, whatever key is asked for. The name of the session is in the audit trail of each read
 * (TOM-4.8).
 *
 * The clients share their connections; S3 authenticates each request. Connections of a client of its own stay open
 * after its last request, and an instance of a function has 1,024 file descriptors ("Lambda quotas"), for thousands of
 * sites.
 */
export class S3Lake implements Lake {
  /** In the order of their last use. */
  private readonly clients = new Map<SiteId, S3Client>();
  private readonly connections: Pick<S3Client['config'], 'requestHandler'>;

  constructor(private readonly options: S3LakeOptions) {
    const { requestHandler } = new S3Client({ requestHandler: { ...boundedCalls }, ...options.client }).config;
    this.connections = { requestHandler };
  }

  of(site: SiteId): LakeStore {
    return new S3LakeStore(this.clientOf(site), this.options.bucket, siteFolder(site));
  }

  /** Versions of the objects of a site; the session has the rights on them with the role `lake-writer` alone. */
  versionsOf(site: SiteId): LakeVersions {
    const folder = siteFolder(site);
    return new S3LakeVersions(this.clientOf(site), this.options.bucket, folder, (key) => checkKey(folder, key));
  }

  private clientOf(site: SiteId): S3Client {
    const { client: options } = this.options;
    const client = this.clients.get(site) ?? new S3Client({ ...options, ...this.connections, credentials: () => this.session(site) });
    this.clients.delete(site);
    this.clients.set(site, client);
    const [oldest] = this.clients.keys();
    if (this.clients.size > mostClients && oldest !== undefined) this.clients.delete(oldest);
    return client;
  }

  private async session(site: SiteId) {
    const { sts, role } = this.options;
    const { Credentials: credentials } = await sts.send(
      new AssumeRoleCommand({
        RoleArn: role,
        RoleSessionName: `site-${site}`,
        DurationSeconds: sessionSeconds,
        Tags: [{ Key: siteTag, Value: String(site) }],
      }),
    );
    if (!credentials?.AccessKeyId || !credentials.SecretAccessKey || !credentials.SessionToken || !credentials.Expiration) {
      throw new Error(`${role}: expected credentials of a session for site ${site}, got none; run the function again`);
    }
    return {
      accessKeyId: credentials.AccessKeyId,
      secretAccessKey: credentials.SecretAccessKey,
      sessionToken: credentials.SessionToken,
      expiration: credentials.Expiration,
    };
  }
}

/**
 * AWS denies objects of other sites; this error is clearer. The whole key is compared: S3 has no paths, and whatever
 * shortens `lake/site=1/../site=2/x` on the way names an object of another site. (TOM-4.1)
 */
function checkKey(folder: string, key: string): void {
  if (key.startsWith(folder) && rest.test(key.slice(folder.length))) return;
  throw new RangeError(`lake: expected a key below ${folder}, got ${JSON.stringify(key)}; read the key from rempart.lake_files`);
}

const ifAbsent = { IfNoneMatch: '*' } as const;

class S3LakeStore implements LakeStore {
  constructor(
    private readonly client: S3Client,
    private readonly bucket: string,
    private readonly folder: string,
  ) {}

  open({ key, bytes }: LakeObject): RangeSource {
    this.check(key);
    return { key, bytes, read: (start, end) => this.range(key, start, end) };
  }

  async put(key: string, file: Pick<LakeFile, 'body' | 'sha256'>): Promise<void> {
    this.check(key);
    for (let attempt = 1, condition: typeof ifAbsent | undefined = ifAbsent; ; attempt++) {
      try {
        return await this.write(key, file, condition);
      } catch (error) {
        const code = error instanceof S3ServiceException ? error.name : undefined;
        if (code === 'PreconditionFailed' && condition !== undefined) {
          if ((await digestOf(this.client, this.bucket, key)) === file.sha256) return;
          condition = undefined;
          continue;
        }
        if (code !== 'ConditionalRequestConflict' || attempt === mostWrites) throw error;
      }
    }
  }

  private async write(
    key: string,
    { body, sha256 }: Pick<LakeFile, 'body' | 'sha256'>,
    condition: typeof ifAbsent | undefined,
  ): Promise<void> {
    await this.client.send(
      new PutObjectCommand({
        Bucket: this.bucket,
        Key: key,
        Body: body,
        ContentType: 'application/vnd.apache.parquet',
        // S3 rejects an object with another digest ("Checking object integrity", Amazon S3).
        ChecksumAlgorithm: 'SHA256',
        ChecksumSHA256: Buffer.from(sha256, 'hex').toString('base64'),
        ...condition,
      }),
    );
  }

  async remove(key: string): Promise<void> {
    this.check(key);
    await this.client.send(new DeleteObjectCommand({ Bucket: this.bucket, Key: key }));
  }

  private check(key: string): void {
    checkKey(this.folder, key);
  }

  private async range(key: string, start: number, end: number): Promise<ArrayBuffer> {
    const { Body: body } = await this.client
      .send(new GetObjectCommand({ Bucket: this.bucket, Key: key, Range: `bytes=${start}-${end - 1}` }))
      .catch((error: unknown) => {
        throw new Error(
          `${this.bucket}/${key}: expected bytes ${start} to ${end - 1}, got ${error instanceof Error ? error.name : 'a failure'}; if the object is gone, see the runbook: A file of the lake is gone`,
          { cause: error },
        );
      });
    const bytes = await body?.transformToByteArray();
    if (bytes?.length !== end - start) {
      throw new Error(
        `${this.bucket}/${key}: expected ${end - start} bytes from ${start}, got ${bytes?.length ?? 0}; compare the object with rempart.lake_files`,
      );
    }
    return bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength) as ArrayBuffer;
  }
}
