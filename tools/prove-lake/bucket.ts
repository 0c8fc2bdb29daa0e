// A stand-in of S3 and STS that admits what the synthesized policies admit. Keys are literal, as in S3: a key has no
// folders, and no dots that lead out of one.
import { Readable } from 'node:stream';
import { S3Client, type S3ClientConfig } from '@aws-sdk/client-s3';
import type { AssumeRoleCommand, STSClient } from '@aws-sdk/client-sts';
import type { LakeRole } from '../../lib/config/names';
import { lakeRoleId } from '../../lib/tom/world/lake';
import { S3Lake } from '../../runtime/lake/store';
import type { LakePolicies, Tags } from './policies';

interface Request {
  readonly method: string;
  readonly path: string;
  readonly query?: Readonly<Record<string, unknown>>;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: Uint8Array;
}

interface Session {
  readonly role: LakeRole;
  readonly tags: Tags;
}

export const bucketName = 'archive';

/** Functions by the role of the lake that they assume. */
const functions: Readonly<Record<LakeRole, string>> = {
  'lake-reader': 'data/PeopleExportRole',
  'lake-writer': 'data/LakeExportFunctionRole',
};

export class Bucket {
  readonly objects = new Map<string, Buffer>();
  /** Requests that the policies have decided on. */
  decisions = 0;
  private readonly sessions = new Map<string, Session>();

  /** @param policies of the deployment; tests replace them */
  constructor(public policies: LakePolicies) {}

  /** The lake as a function has it, with sessions of the role. */
  lake(role: LakeRole): S3Lake {
    return new S3Lake({ sts: this.sts(functions[role], role), role: this.policies.arnOf(role), bucket: bucketName, client: this.client });
  }

  /** A client with a session, whose requests no code of the runtime checks. */
  async clientOf(role: LakeRole, tags: Tags): Promise<S3Client> {
    return new S3Client({ ...this.client, credentials: await this.assume(functions[role], role, tags) });
  }

  /** @throws Error AccessDenied where the policies refuse the session */
  async assume(from: string, role: LakeRole, tags: Tags) {
    if (!(await this.policies.admits(from, role, tags))) throw new Error(`AccessDenied: ${from} has no session of ${role}`);
    const token = `session-${this.sessions.size + 1}`;
    this.sessions.set(token, { role, tags });
    return { accessKeyId: 'AKIAEXAMPLE', secretAccessKey: 'example', sessionToken: token };
  }

  private sts(from: string, role: LakeRole): Pick<STSClient, 'send'> {
    const send = async ({ input }: AssumeRoleCommand) => {
      const tags = Object.fromEntries((input.Tags ?? []).map(({ Key, Value }) => [Key ?? '', Value ?? '']));
      const { accessKeyId, secretAccessKey, sessionToken } = await this.assume(from, role, tags);
      const Expiration = new Date(Date.now() + 900_000);
      return {
        Credentials: { AccessKeyId: accessKeyId, SecretAccessKey: secretAccessKey, SessionToken: sessionToken, Expiration },
        $metadata: {},
      };
    };
    return { send } as unknown as Pick<STSClient, 'send'>;
  }

  private get client(): S3ClientConfig {
    const requestHandler = { handle: async (request: Request) => ({ response: await this.answer(request) }) };
    return { region: 'eu-west-3', forcePathStyle: true, maxAttempts: 1, requestHandler: requestHandler as never };
  }

  private async answer(request: Request) {
    const session = this.sessions.get(request.headers['x-amz-security-token'] ?? '');
    if (!session) return failure(403, 'InvalidToken');
    const key = decodeURIComponent(request.path).slice(bucketName.length + 2);
    for (const [action, resource] of this.actionsOf(request, key)) {
      this.decisions++;
      if (!(await this.policies.allows(lakeRoleId(session.role), session.tags, action, resource))) return failure(403, 'AccessDenied');
    }
    return this.perform(request, key);
  }

  /** Actions of a request ("Required permissions for Amazon S3 API operations"), each with its resource. */
  private actionsOf({ method, query = {}, headers }: Request, key: string): readonly (readonly [string, string])[] {
    const { bucket } = this.policies;
    if (key === '') return [['versions' in query ? 's3:ListBucketVersions' : 's3:ListBucket', bucket]];
    const part = 'acl' in query ? 'Acl' : 'tagging' in query ? 'Tagging' : 'versionId' in query ? 'Version' : '';
    const verb = { GET: 'Get', HEAD: 'Get', PUT: 'Put', POST: 'Put', DELETE: 'Delete' }[method] ?? 'Put';
    const source = headers['x-amz-copy-source'];
    const copied =
      source === undefined ? [] : [['s3:GetObject', `${bucket}/${decodeURIComponent(source).replace(/^\/?[^/]+\//, '')}`] as const];
    return [[`s3:${verb}Object${part}`, `${bucket}/${key}`], ...copied];
  }

  private perform({ method, headers, body, query = {} }: Request, key: string) {
    if (key === '') return success(Buffer.from(listing([...this.objects.keys()], String(query.prefix ?? ''))));
    const object = this.objects.get(key);
    if (method === 'DELETE') {
      this.objects.delete(key);
      return success(Buffer.alloc(0), 204);
    }
    if (method === 'PUT' || method === 'POST') return this.write(key, headers, body);
    if (!object) return failure(404, 'NoSuchKey');
    const [, start = '0', end = String(object.length - 1)] = /^bytes=(\d+)-(\d+)$/.exec(headers.range ?? '') ?? [];
    return success(object.subarray(Number(start), Number(end) + 1), headers.range === undefined ? 200 : 206);
  }

  private write(key: string, headers: Request['headers'], body: Uint8Array = Buffer.alloc(0)) {
    if (headers['if-none-match'] === '*' && this.objects.has(key)) return failure(412, 'PreconditionFailed');
    const source = decodeURIComponent(headers['x-amz-copy-source'] ?? '').replace(/^\/?[^/]+\//, '');
    this.objects.set(key, this.objects.get(source) ?? Buffer.from(body));
    return success(Buffer.from('<CopyObjectResult><ETag>"x"</ETag></CopyObjectResult>'));
  }
}

const listing = (keys: readonly string[], prefix: string): string =>
  `<ListBucketResult>${keys
    .filter((key) => key.startsWith(prefix))
    .map((key) => `<Contents><Key>${key}</Key></Contents>`)
    .join('')}</ListBucketResult>`;

const success = (content: Buffer, statusCode = 200) => ({
  ...{ statusCode, reason: '', body: Readable.from(content.length > 0 ? [content] : []) },
  headers: { 'content-length': String(content.length) },
});

const failure = (statusCode: number, code: string) => ({
  ...{ statusCode, reason: '', headers: {} },
  body: Readable.from([Buffer.from(`<?xml version="1.0"?><Error><Code>${code}</Code><Message>refused</Message></Error>`)]),
});
