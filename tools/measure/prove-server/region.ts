// The region's stores on loopback, as far as a server calls them: S3, Secrets Manager, Kinesis, CloudWatch and EC2
// Auto Scaling, over TLS under their own names. What is called otherwise is refused and noted.
import type { IncomingMessage } from 'node:http';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { gunzipSync } from 'node:zlib';
import { makeCertificate } from './certificate';
import type { FleetStandIn } from './fleet';

/** A figure that the server has published. */
export interface Figure {
  readonly name: string;
  readonly value: number;
  /** The collector, or a script of services/collector/host. */
  readonly by: 'collector' | 'script';
  /** Names of the dimensions. */
  readonly dimensions: readonly string[];
}

export interface RegionOptions {
  readonly region: string;
  readonly fleet: FleetStandIn;
  /** Content of each object, by bucket and key. */
  readonly objects: ReadonlyMap<string, Buffer>;
  /** Secrets by name. */
  readonly secrets: ReadonlyMap<string, string>;
  /** Takes each call that shows how far the server is, in words. */
  readonly say: (text: string) => void;
  /** Takes each record of the stream. */
  readonly take: (record: Buffer) => void;
}

interface Answer {
  readonly status: number;
  readonly body: string | Buffer;
  readonly headers?: Readonly<Record<string, string>>;
}

const services = ['autoscaling', 'monitoring', 'kinesis', 'secretsmanager'] as const;

export class RegionStandIn {
  readonly figures: Figure[] = [];
  /** Calls that no stand-in answers. */
  readonly refused: string[] = [];
  /** Whether the stream throttles whatever comes. */
  streamThrottles = false;
  port = 0;
  certificate = '';
  private server: ReturnType<typeof createServer> | undefined;

  constructor(private readonly options: RegionOptions) {}

  /** Names under which it is called. */
  get names(): readonly string[] {
    const { region, objects } = this.options;
    const buckets = new Set([...objects.keys()].map((path) => path.slice(0, path.indexOf('/'))));
    return [
      ...services.map((service) => `${service}.${region}.amazonaws.com`),
      ...[...buckets].map((name) => `${name}.s3.${region}.amazonaws.com`),
    ];
  }

  async start(): Promise<void> {
    const { certificate, key } = await makeCertificate(this.names);
    const server = createServer({ cert: certificate, key }, async (incoming, outgoing) => {
      const body = await bodyOf(incoming).catch(() => Buffer.alloc(0));
      const { status, body: text, headers = {} } = this.answer(incoming, body);
      outgoing.writeHead(status, { 'content-length': String(Buffer.byteLength(text)), ...headers }).end(text);
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', () => resolve()));
    this.port = (server.address() as AddressInfo).port;
    this.certificate = certificate;
    this.server = server;
  }

  close(): Promise<void> {
    this.server?.closeAllConnections();
    return new Promise((resolve) => (this.server ? this.server.close(() => resolve()) : resolve()));
  }

  private answer({ headers, url = '/', method }: IncomingMessage, body: Buffer): Answer {
    const [host = ''] = (headers.host ?? '').split(':');
    const [service = '', next = ''] = host.split('.');
    if (next === 's3' && method === 'GET') return this.object(`${service}${decodeURIComponent(url.split('?')[0] ?? '')}`, headers);
    if (service === 'autoscaling') {
      const [status, text] = this.options.fleet.take(new URLSearchParams(body.toString()));
      return { status, body: text, headers: { 'content-type': 'text/xml' } };
    }
    if (service === 'monitoring') return this.publish(String(headers['content-type']), body);
    if (service === 'secretsmanager') return this.secret(body);
    if (service === 'kinesis') return this.put(String(headers['x-amz-target']), body);
    this.refused.push(`${method} ${host}${url}`);
    return { status: 400, body: 'no such stand-in' };
  }

  private object(path: string, headers: IncomingMessage['headers']): Answer {
    const content = this.options.objects.get(path);
    if (content === undefined) {
      this.refused.push(`GET ${path}`);
      return { status: 404, body: '<Error><Code>NoSuchKey</Code></Error>', headers: { 'content-type': 'application/xml' } };
    }
    const etag = '"1"';
    if (headers['if-none-match'] === etag) return { status: 304, body: '' };
    this.options.say(`fetched ${path}`);
    return { status: 200, body: content, headers: { etag, 'last-modified': new Date(0).toUTCString() } };
  }

  private secret(body: Buffer): Answer {
    const { SecretId: name } = JSON.parse(body.toString()) as { readonly SecretId: string };
    const secret = this.options.secrets.get(name);
    if (secret === undefined) return json({ __type: 'ResourceNotFoundException', message: name }, 400);
    return json({ ARN: name, Name: name, SecretString: secret, VersionId: '1', CreatedDate: 1 });
  }

  private put(target: string, body: Buffer): Answer {
    if (target !== 'Kinesis_20131202.PutRecords') {
      this.refused.push(target);
      return json({ __type: 'UnknownOperationException' }, 400);
    }
    if (this.streamThrottles) return json({ __type: 'ProvisionedThroughputExceededException', message: 'throttled' }, 400);
    const { Records } = JSON.parse(body.toString()) as { readonly Records: readonly { readonly Data: string }[] };
    for (const { Data } of Records) this.options.take(Buffer.from(Data, 'base64'));
    return json({
      FailedRecordCount: 0,
      Records: Records.map((_, index) => ({ SequenceNumber: String(index + 1), ShardId: 'shardId-0' })),
    });
  }

  /** The AWS CLI publishes in the Query protocol, the collector in JSON. */
  private publish(type: string, body: Buffer): Answer {
    const collector = type.startsWith('application/x-amz-json');
    const figures = collector ? figuresOf(body.toString()) : figuresIn(new URLSearchParams(body.toString()));
    this.figures.push(...figures);
    this.options.say(`${collector ? 'collector' : 'script'} published ${figures.map(({ name, value }) => `${name} ${value}`).join(', ')}`);
    if (collector) return json({});
    const text = '<PutMetricDataResponse><ResponseMetadata><RequestId>1</RequestId></ResponseMetadata></PutMetricDataResponse>';
    return { status: 200, body: text, headers: { 'content-type': 'text/xml' } };
  }
}

/** The figures of a call of PutMetricData in the form of JSON. */
function figuresOf(body: string): readonly Figure[] {
  const { MetricData } = JSON.parse(body) as {
    readonly MetricData: readonly { MetricName: string; Value: number; Dimensions?: readonly { Name: string }[] }[];
  };
  return MetricData.map(({ MetricName: name, Value: value, Dimensions = [] }) => ({
    ...{ name, value, by: 'collector' as const },
    dimensions: Dimensions.map(({ Name }) => Name),
  }));
}

/** The figures of a call of PutMetricData in the form of the Query protocol. */
export function figuresIn(form: URLSearchParams): readonly Figure[] {
  const figures: Figure[] = [];
  for (let member = 1; form.has(`MetricData.member.${member}.MetricName`); member++) {
    const at = (name: string) => form.get(`MetricData.member.${member}.${name}`) ?? '';
    const dimensions: string[] = [];
    for (let index = 1; at(`Dimensions.member.${index}.Name`) !== ''; index++) dimensions.push(at(`Dimensions.member.${index}.Name`));
    figures.push({ name: at('MetricName'), value: Number(at('Value')), by: 'script', dimensions });
  }
  return figures;
}

const json = (value: object, status = 200): Answer => ({
  status,
  body: JSON.stringify(value),
  headers: { 'content-type': 'application/x-amz-json-1.1' },
});

async function bodyOf(incoming: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of incoming) chunks.push(chunk as Buffer);
  const body = Buffer.concat(chunks);
  return incoming.headers['content-encoding'] === 'gzip' ? gunzipSync(body) : body;
}
