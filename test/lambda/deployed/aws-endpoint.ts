// A mock of the AWS endpoints that functions call: Secrets Manager, objects in S3, sessions of roles, the health of a
// load balancer's targets, and the response URL of CloudFormation.
import { createHash } from 'node:crypto';
import { createServer, type IncomingMessage } from 'node:http';
import type {
  CreateSecretRequest,
  GetSecretValueRequest,
  GetSecretValueResponse,
  PutSecretValueRequest,
  UpdateSecretVersionStageRequest,
} from '@aws-sdk/client-secrets-manager';
import { actionsOf, secretCalls } from '../declared-calls';

/** Versions of a secret by id, and the version of each stage. */
interface Secret {
  readonly versions: Map<string, string>;
  readonly stages: Map<string, string>;
}

export interface CloudFormationAnswer {
  readonly Status: 'SUCCESS' | 'FAILED';
  readonly PhysicalResourceId: string;
  readonly Reason?: string;
  readonly Data?: Readonly<Record<string, unknown>>;
}

export interface Target {
  /** ARN of its target group. */
  readonly group: string;
  readonly id: string;
  readonly state: 'healthy' | 'unhealthy' | 'initial' | 'draining';
}

export interface AwsEndpoint {
  readonly url: string;
  /** Response URL of custom resource requests. */
  readonly answerUrl: string;
  /** Answers to CloudFormation. */
  readonly answers: CloudFormationAnswer[];
  /** Objects by bucket and key, as in `bucket/folder/file`. */
  readonly objects: Map<string, Buffer>;
  /** Targets of load balancers, and what is found of each. */
  readonly targets: Target[];
  /** IAM actions of the requests, in their order. */
  readonly calls: string[];
  /** Those of sessions of the lake's roles, which are in `calls` no more. */
  readonly sessionCalls: string[];
  /** The current value of a secret. */
  secret(name: string): string | undefined;
  setSecret(name: string, value: string): void;
  close(): Promise<void>;
}

const current = 'AWSCURRENT';

/** An error of a service: `__type` is the name of the SDK's exception. */
class Refusal extends Error {
  constructor(
    readonly type: string,
    message: string,
  ) {
    super(message);
  }
}

export async function startAwsEndpoint(): Promise<AwsEndpoint> {
  const secrets = new Map<string, Secret>();
  const objects = new Map<string, Buffer>();
  const answers: CloudFormationAnswer[] = [];
  const targets: Target[] = [];
  const calls: string[] = [];
  const sessionCalls: string[] = [];
  const server = createServer(async (request, response) => {
    const sent = await bodyOf(request);
    const isOfSession = request.headers.authorization?.includes(`Credential=${sessionKey}`);
    (isOfSession ? sessionCalls : calls).push(...operationsOf(request, sent).flatMap(actionsOf));
    const { status, type, etag, checksum, body } = route(request, sent, { secrets, objects, answers, targets });
    const headers = { ...(etag ? { etag } : {}), ...(checksum ? { 'x-amz-checksum-sha256': checksum } : {}) };
    response.writeHead(status, { 'content-type': type, ...headers }).end(body);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  const url = `http://127.0.0.1:${address && typeof address === 'object' ? address.port : 0}`;
  return {
    url,
    answerUrl: `${url}/cloudformation-waits`,
    answers,
    objects,
    targets,
    calls,
    sessionCalls,
    secret: (name) => secretValue(secrets, { SecretId: name }).SecretString,
    setSecret: (name, value) => {
      secrets.set(name, { versions: new Map([['first', value]]), stages: new Map([[current, 'first']]) });
    },
    async close() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

async function bodyOf(request: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
}

interface State {
  readonly secrets: Map<string, Secret>;
  readonly objects: Map<string, Buffer>;
  readonly answers: CloudFormationAnswer[];
  readonly targets: readonly Target[];
}

interface Answer {
  readonly status: number;
  readonly type: string;
  readonly body: string | Buffer;
  readonly etag?: string;
  /** SHA-256, as base64. */
  readonly checksum?: string;
}

const json = (body: object, status = 200): Answer => ({ status, type: 'application/x-amz-json-1.1', body: JSON.stringify(body) });

/** The operation of a request, as in `s3:GetObject`; none for the answer to CloudFormation. */
function operationsOf({ method, url = '', headers }: IncomingMessage, body: Buffer): readonly string[] {
  if (url === '/cloudformation-waits') return [];
  if (headers['content-type'] === 'application/x-www-form-urlencoded') return queryOperations(new URLSearchParams(body.toString()));
  const [service, operation] = String(headers['x-amz-target'] ?? '').split('.');
  if (operation !== undefined) {
    const { SecretId, Name } = JSON.parse(body.toString()) as { readonly SecretId?: string; readonly Name?: string };
    return service === 'secretsmanager' ? secretCalls(operation, SecretId ?? Name ?? '') : [`${service}:${operation}`];
  }
  const { pathname, searchParams } = new URL(url, 'http://s3');
  const isObject = /^\/[^/]+\/./.test(pathname);
  if (!isObject && method === 'GET' && searchParams.get('list-type') === '2') return ['s3:ListObjectsV2'];
  if (!isObject && method === 'GET' && searchParams.has('versions')) return ['s3:ListObjectVersions'];
  if (isObject && method === 'GET' && searchParams.has('versionId')) return ['s3:GetObjectVersion'];
  // Any other request is an operation under its own name, which no contract declares.
  const plain = isObject && [...searchParams.keys()].every((key) => key === 'x-id');
  const verbs: Readonly<Record<string, string>> = { GET: 'GetObject', HEAD: 'HeadObject', PUT: 'PutObject', DELETE: 'DeleteObject' };
  return [`s3:${plain ? verbs[method ?? ''] : `${method} ${url}`}`];
}

function route(request: IncomingMessage, body: Buffer, { secrets, objects, answers, targets }: State): Answer {
  const { url = '', headers } = request;
  if (url === '/cloudformation-waits') {
    answers.push(JSON.parse(body.toString()));
    return json({});
  }
  if (headers['content-type'] === 'application/x-www-form-urlencoded') {
    const query = new URLSearchParams(body.toString());
    return query.get('Action') === 'AssumeRole' ? sessionOf(query) : loadBalancing(query, targets);
  }
  const [service, operation = ''] = String(headers['x-amz-target'] ?? '').split('.');
  if (service !== 'secretsmanager') return s3(request, body, objects);
  try {
    return json(secretsManager(operation, JSON.parse(body.toString()), secrets));
  } catch (error) {
    return json({ __type: error instanceof Refusal ? error.type : 'InternalServiceError', message: String(error) }, 400);
  }
}

/** Operations in the query protocol. A session tag is a permission of its own ("Passing session tags in AWS STS"). */
function queryOperations(query: URLSearchParams): readonly string[] {
  const action = query.get('Action');
  if (action !== 'AssumeRole') return [`elasticloadbalancing:${action}`];
  return query.has('Tags.member.1.Key') ? ['sts:AssumeRole', 'sts:TagSession'] : ['sts:AssumeRole'];
}

/** Access keys of sessions of the lake's roles: the value of the tag follows. */
const sessionKey = 'SITE';

/** AssumeRole with the tag of a site ("AWS Security Token Service API Reference"). */
function sessionOf(query: URLSearchParams): Answer {
  if (query.get('Tags.member.1.Key') !== 'rempart:site' || query.has('Tags.member.2.Key')) return refused(403, 'AccessDenied');
  const expiration = new Date(Date.now() + 900_000).toISOString();
  const key = `${sessionKey}${query.get('Tags.member.1.Value')}`;
  const credentials = `<AccessKeyId>${key}</AccessKeyId><SecretAccessKey>test</SecretAccessKey><SessionToken>session</SessionToken><Expiration>${expiration}</Expiration>`;
  const body = `<AssumeRoleResponse><AssumeRoleResult><Credentials>${credentials}</Credentials></AssumeRoleResult></AssumeRoleResponse>`;
  return { status: 200, type: 'text/xml', body };
}

/** Objects of the lake are those of one site for a session of its roles, and none for a function itself. */
function reaches(authorization: string | undefined, key: string): boolean {
  const [, site] = new RegExp(`Credential=${sessionKey}(\\d+)/`).exec(authorization ?? '') ?? [];
  return site === undefined ? !/^[^/]+\/lake\//.test(key) : new RegExp(`^[^/]+/lake/site=${site}/`).test(key);
}

/** DescribeTargetHealth in the query protocol ("Elastic Load Balancing API reference", version 2015-12-01). */
function loadBalancing(request: URLSearchParams, targets: readonly Target[]): Answer {
  if (request.get('Action') !== 'DescribeTargetHealth') return refused(400, 'InvalidAction');
  const members = targets
    .filter(({ group }) => group === request.get('TargetGroupArn'))
    .map(({ id, state }) => `<member><Target><Id>${id}</Id></Target><TargetHealth><State>${state}</State></TargetHealth></member>`);
  const list = `<TargetHealthDescriptions>${members.join('')}</TargetHealthDescriptions>`;
  const body = `<DescribeTargetHealthResponse><DescribeTargetHealthResult>${list}</DescribeTargetHealthResult></DescribeTargetHealthResponse>`;
  return { status: 200, type: 'text/xml', body };
}

/** Errors of S3 in XML ("Error responses", Amazon S3 API Reference). */
const refused = (status: number, code: string): Answer => ({
  status,
  type: 'application/xml',
  body: `<?xml version="1.0" encoding="UTF-8"?><Error><Code>${code}</Code><Message>the mock refuses</Message></Error>`,
});

/** Objects of a bucket by key, in one page (ListObjectsV2), each written at the same time. */
function listing(bucket: string, objects: Map<string, Buffer>): Answer {
  const escaped = (text: string) => text.replace(/[&<>]/g, (character) => `&#${character.charCodeAt(0)};`);
  const keys = [...objects.keys()].filter((key) => key.startsWith(`${bucket}/`)).sort();
  const contents = keys.map(
    (key) =>
      `<Contents><Key>${escaped(key.slice(bucket.length + 1))}</Key><LastModified>2026-01-01T00:00:00.000Z</LastModified></Contents>`,
  );
  const body = `<?xml version="1.0" encoding="UTF-8"?><ListBucketResult><Name>${bucket}</Name><IsTruncated>false</IsTruncated>${contents.join('')}</ListBucketResult>`;
  return { status: 200, type: 'application/xml', body };
}

/** Versions of the objects below a prefix (ListObjectVersions): each has one, in one page. */
function versions(bucket: string, prefix: string, objects: Map<string, Buffer>): Answer {
  const keys = [...objects.keys()].filter((key) => key.startsWith(`${bucket}/${prefix}`)).sort();
  const found = keys.map((key) => {
    const size = objects.get(key)?.length ?? 0;
    return `<Version><Key>${key.slice(bucket.length + 1)}</Key><VersionId>first</VersionId><IsLatest>true</IsLatest><LastModified>2026-01-01T00:00:00.000Z</LastModified><Size>${size}</Size></Version>`;
  });
  const body = `<?xml version="1.0" encoding="UTF-8"?><ListVersionsResult><Name>${bucket}</Name><IsTruncated>false</IsTruncated>${found.join('')}</ListVersionsResult>`;
  return { status: 200, type: 'application/xml', body };
}

/** Operations on objects, with the conditions and the checksum that a request may have. */
function s3({ method, url = '', headers }: IncomingMessage, body: Buffer, objects: Map<string, Buffer>): Answer {
  const { pathname, searchParams } = new URL(url, 'http://s3');
  const key = decodeURIComponent(pathname.slice(1));
  if (method === 'GET' && searchParams.get('list-type') === '2') return listing(key.replace(/\/$/, ''), objects);
  const prefix = searchParams.get('prefix');
  if (method === 'GET' && searchParams.has('versions') && prefix !== null)
    return reaches(headers.authorization, `${key.replace(/\/$/, '')}/${prefix}`) && /^lake\/site=\d+\//.test(prefix)
      ? versions(key.replace(/\/$/, ''), prefix, objects)
      : refused(403, 'AccessDenied');
  if (!reaches(headers.authorization, key)) return refused(403, 'AccessDenied');
  const present = objects.get(key);
  const etag = (content: Buffer) => `"${createHash('md5').update(content).digest('hex')}"`;
  const range = /^bytes=(\d+)-(\d+)$/.exec(headers.range ?? '');
  if (method === 'GET' && present && range) {
    return {
      status: 206,
      type: 'binary/octet-stream',
      body: present.subarray(Number(range[1]), Number(range[2]) + 1),
      etag: etag(present),
    };
  }
  if (method === 'GET') {
    return present ? { status: 200, type: 'binary/octet-stream', body: present, etag: etag(present) } : refused(404, 'NoSuchKey');
  }
  if (method === 'HEAD') {
    const checksum = present && createHash('sha256').update(present).digest('base64');
    return checksum ? { status: 200, type: 'binary/octet-stream', body: '', checksum } : { status: 404, type: 'text/plain', body: '' };
  }
  if (method === 'DELETE') {
    objects.delete(key);
    return { status: 204, type: 'application/xml', body: '' };
  }
  if (method !== 'PUT') return refused(405, 'MethodNotAllowed');
  const { 'if-none-match': none, 'if-match': match, 'x-amz-checksum-sha256': checksum } = headers;
  if (none === '*' && present) return refused(412, 'PreconditionFailed');
  if (match !== undefined && (!present || etag(present) !== match)) return refused(412, 'PreconditionFailed');
  if (checksum !== undefined && checksum !== createHash('sha256').update(body).digest('base64')) return refused(400, 'BadDigest');
  objects.set(key, body);
  return { status: 200, type: 'application/xml', body: '', etag: etag(body) };
}

function secretsManager(operation: string, input: unknown, secrets: Map<string, Secret>): object {
  switch (operation) {
    case 'GetSecretValue':
      return secretValue(secrets, input as GetSecretValueRequest);
    case 'CreateSecret': {
      const { Name = '', SecretString = '' } = input as CreateSecretRequest;
      if (secrets.has(Name)) throw new Refusal('ResourceExistsException', `${Name} is there`);
      secrets.set(Name, { versions: new Map([['first', SecretString]]), stages: new Map([[current, 'first']]) });
      return { Name };
    }
    case 'PutSecretValue': {
      const { SecretId = '', ClientRequestToken = '', SecretString = '', VersionStages = [current] } = input as PutSecretValueRequest;
      const secret = found(secrets, SecretId);
      secret.versions.set(ClientRequestToken, SecretString);
      for (const stage of VersionStages) secret.stages.set(stage, ClientRequestToken);
      return { Name: SecretId };
    }
    case 'UpdateSecretVersionStage': {
      const { SecretId = '', VersionStage = '', MoveToVersionId = '', RemoveFromVersionId } = input as UpdateSecretVersionStageRequest;
      const { stages } = found(secrets, SecretId);
      if (stages.get(VersionStage) !== RemoveFromVersionId) throw new Refusal('InvalidParameterException', 'another version is there');
      stages.set(VersionStage, MoveToVersionId);
      return { Name: SecretId };
    }
    default:
      throw new Refusal('UnknownOperationException', `expected an operation of the mock, got ${operation}`);
  }
}

function found(secrets: Map<string, Secret>, name = ''): Secret {
  const secret = secrets.get(name);
  if (!secret) throw new Refusal('ResourceNotFoundException', `${name} is not there`);
  return secret;
}

function secretValue(
  secrets: Map<string, Secret>,
  { SecretId, VersionId }: Pick<GetSecretValueRequest, 'SecretId' | 'VersionId'>,
): GetSecretValueResponse {
  const { versions, stages } = found(secrets, SecretId);
  const id = VersionId ?? stages.get(current) ?? '';
  const value = versions.get(id);
  if (value === undefined) throw new Refusal('ResourceNotFoundException', `${SecretId} has no version ${id}`);
  return { Name: SecretId ?? '', VersionId: id, SecretString: value };
}
