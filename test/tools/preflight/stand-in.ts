// A stand-in for the endpoints that the preflight reads: it speaks the protocols of the services and answers from a
// plain object.
import { createServer, type IncomingMessage } from 'node:http';

/** The account that the stand-in plays. */
export interface Played {
  readonly account: string;
  /** Values by quota code. */
  readonly quotas: Readonly<Record<string, number>>;
  readonly stacks: Readonly<Record<string, PlayedStack>>;
  readonly blockPublicAccess: string;
  /** Identifiers that Cloud Control finds. */
  readonly existing: readonly string[];
  /** Allowed values by parameter name. */
  readonly parameters: Readonly<Record<string, string>>;
  /** Statement ids of the policy of each bucket that exists, or none without a policy, and whether it has objects. */
  readonly buckets: Readonly<Record<string, { readonly objects: number; readonly sids?: readonly string[] }>>;
  /** Values of the metrics that have data. */
  readonly metrics?: Readonly<Record<string, number>>;
  /** Operations that are denied. */
  readonly denied: readonly string[];
  /** Resources that Cloud Control lists. */
  readonly listed?: readonly ListedResource[];
  /** Names of the resource policies of CloudWatch Logs. */
  readonly logPolicies?: readonly string[];
  /** Names of firewalls in the account. */
  readonly firewalls?: readonly string[];
  /** Answers of other operations; an operation without one answers that the resource does not exist. */
  readonly answers: Answers;
}

export interface ListedResource {
  readonly type: string;
  readonly identifier: string;
  readonly properties: Readonly<Record<string, string>>;
  /** Whether the list contains the identifier alone. */
  readonly withoutProperties?: boolean;
}

/** A stack that exists. */
export interface PlayedStack {
  readonly status: string;
  readonly bootstrap?: string;
  /** Physical ids by logical id. */
  readonly resources?: Readonly<Record<string, string>>;
  /** The same of resources that the stack retained when it was rolled back. */
  readonly left?: Readonly<Record<string, string>>;
}

/** A request, as far as an answer depends on it. */
interface Input {
  readonly region: string;
  readonly parameters: Readonly<Record<string, string>>;
}

/** Answers by operation, as plain objects: members in JSON, elements in XML, where a list repeats its element. */
export type Answers = Readonly<Record<string, (input: Input) => object>>;

/** Names of the errors by which services answer that a resource does not exist. */
const absent: Readonly<Record<string, string>> = {
  DescribeDBProxies: 'DBProxyNotFoundFault',
  DescribeFirewallPolicy: 'ResourceNotFoundException',
  GetPolicy: 'NoSuchEntity',
  GetRole: 'NoSuchEntity',
};

export interface StandIn {
  readonly url: string;
  /** Every operation that was called, in order. */
  readonly calls: string[];
  close(): Promise<void>;
}

interface Answer {
  readonly status: number;
  readonly type: string;
  readonly body: string;
}

const xml = (body: string, status = 200): Answer => ({ status, type: 'text/xml', body });
const json = (body: object, status = 200): Answer => ({ status, type: 'application/x-amz-json-1.1', body: JSON.stringify(body) });
const result = (action: string, body: string): Answer =>
  xml(`<${action}Response><${action}Result>${body}</${action}Result></${action}Response>`);

export async function startStandIn(played: Played): Promise<StandIn> {
  const calls: string[] = [];
  const server = createServer(async (request, response) => {
    const body = await textOf(request);
    const operation = operationOf(request, body);
    calls.push(operation);
    const { status, type, body: text } = answer(played, operation, request, body);
    response.writeHead(status, { 'content-type': type }).end(text);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  return {
    url: `http://127.0.0.1:${address && typeof address === 'object' ? address.port : 0}`,
    calls,
    async close() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

async function textOf(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString('latin1');
}

/** The name of the operation, in whichever protocol it was sent. */
function operationOf({ headers, url = '', method }: IncomingMessage, body: string): string {
  const target = String(headers['x-amz-target'] ?? '');
  if (target !== '') return target.split('.').at(-1) ?? '';
  const [, rpc] = /\/operation\/(\w+)/.exec(url) ?? [];
  if (rpc !== undefined) return rpc;
  if (/^Action=|&Action=/.test(body)) return new URLSearchParams(body).get('Action') ?? '';
  if (url.includes('/rrset')) return `${method} records`;
  return `${method} ${/[?&](policy|notification)\b/.exec(url)?.[1] ?? 'objects'}`;
}

function answer(played: Played, operation: string, request: IncomingMessage, body: string): Answer {
  if (played.denied.includes(operation)) return json({ __type: 'AccessDeniedException', message: 'not authorized' }, 400);
  const parameters = new URLSearchParams(body);
  switch (operation) {
    case 'GetCallerIdentity':
      return result(operation, `<Account>${played.account}</Account>`);
    case 'DescribeStacks':
      return describeStack(played, parameters.get('StackName') ?? '');
    case 'ListStackResources':
      return listResources(played, parameters.get('StackName') ?? '');
    case 'GetServiceQuota':
      return json({ Quota: { Value: played.quotas[JSON.parse(body).QuotaCode] ?? 1_000_000 } });
    case 'ListServiceQuotas':
      return json({ Quotas: [{ QuotaName: 'Firewalls', QuotaCode: 'L-FIREWALLS', Value: played.quotas['L-FIREWALLS'] ?? 5 }] });
    case 'ListFirewalls':
      return json({ Firewalls: (played.firewalls ?? []).map((FirewallName) => ({ FirewallName })) });
    case 'GetResource':
      return resource(played, JSON.parse(body).Identifier);
    case 'ListResources':
      return listedResources(played, JSON.parse(body));
    case 'DescribeResourcePolicies':
      return resourcePolicies(played, JSON.parse(body));
    case 'DescribeEngineDefaultClusterParameters':
      return result(
        operation,
        `<EngineDefaults><Parameters>${Object.entries(played.parameters).map(parameter).join('')}</Parameters></EngineDefaults>`,
      );
    case 'GetMetricStatistics':
      return metric(operation, request, played, body);
    case 'GET policy':
    case 'GET objects':
      return bucket(played, operation, request.url ?? '');
    default:
      return ec2(played, operation) ?? other(played, operation, request, body);
  }
}

function describeStack({ stacks }: Played, name: string): Answer {
  const { [name]: stack } = stacks;
  if (!stack) {
    const message = `Stack with id ${name} does not exist`;
    return xml(`<ErrorResponse><Error><Code>ValidationError</Code><Message>${message}</Message></Error></ErrorResponse>`, 400);
  }
  const output = `<member><OutputKey>BootstrapVersion</OutputKey><OutputValue>${stack.bootstrap}</OutputValue></member>`;
  const outputs = stack.bootstrap === undefined ? '' : `<Outputs>${output}</Outputs>`;
  const member = `<StackName>${name}</StackName><StackStatus>${stack.status}</StackStatus>${outputs}`;
  return result('DescribeStacks', `<Stacks><member>${member}</member></Stacks>`);
}

function listResources(played: Played, name: string): Answer {
  const { [name]: stack } = played.stacks;
  if (!stack) return describeStack(played, name);
  const list = (ids: Readonly<Record<string, string>>, ResourceStatus: string) =>
    Object.entries(ids).map(([LogicalResourceId, PhysicalResourceId]) => ({ LogicalResourceId, PhysicalResourceId, ResourceStatus }));
  const member = [...list(stack.resources ?? {}, 'CREATE_COMPLETE'), ...list(stack.left ?? {}, 'DELETE_SKIPPED')];
  return result('ListStackResources', toXml({ StackResourceSummaries: { member } }));
}

/** An object as XML; a list repeats its element. */
function toXml(value: unknown): string {
  if (typeof value !== 'object' || value === null) return String(value ?? '');
  return Object.entries(value)
    .flatMap(([name, inner]) => (Array.isArray(inner) ? inner : [inner]).map((one) => `<${name}>${toXml(one)}</${name}>`))
    .join('');
}

/** Operations that a test answers, in the protocol of the request. */
function other({ answers }: Played, operation: string, { headers, url = '' }: IncomingMessage, body: string): Answer {
  const isJson = headers['x-amz-target'] !== undefined;
  const { [operation]: answerOf } = answers;
  const code = absent[operation];
  if (answerOf === undefined && code === undefined) {
    throw new Error(`stand-in: expected an operation of the preflight, got ${operation}; the preflight only reads`);
  }
  if (answerOf === undefined) {
    if (isJson) return json({ __type: code, message: 'none' }, 400);
    return xml(`<ErrorResponse><Error><Code>${code}</Code><Message>none</Message></Error></ErrorResponse>`, 404);
  }
  const [, region = ''] = /Credential=[^/]+\/\d+\/([\w-]+)\//.exec(headers.authorization ?? '') ?? [];
  const parameters = isJson ? JSON.parse(body) : Object.fromEntries(new URLSearchParams(body || url.split('?')[1]));
  const found = answerOf({ region, parameters });
  if (isJson) return json(found);
  if (operation.startsWith('GET ')) return xml(`<Answer>${toXml(found)}</Answer>`);
  if (/Version=2016-11-15/.test(body)) return xml(`<${operation}Response>${toXml(found)}</${operation}Response>`);
  return result(operation, toXml(found));
}

function resource({ existing, listed = [] }: Played, identifier: string): Answer {
  const found = listed.find((one) => one.identifier === identifier);
  if (found || existing.includes(identifier)) {
    return json({ ResourceDescription: { Identifier: identifier, Properties: JSON.stringify(found?.properties ?? {}) } });
  }
  return json({ __type: 'ResourceNotFoundException', message: `${identifier} was not found` }, 400);
}

/** The resources of a type that have the properties of the model. */
function listedResources({ listed = [] }: Played, { TypeName, ResourceModel = '{}' }: Readonly<Record<string, string>>): Answer {
  const model = Object.entries(JSON.parse(ResourceModel) as Readonly<Record<string, unknown>>);
  const found = listed.filter(({ type, properties }) => type === TypeName && model.every(([name, value]) => properties[name] === value));
  const ResourceDescriptions = found.map(({ identifier, properties, withoutProperties = false }) => ({
    Identifier: identifier,
    ...(withoutProperties ? {} : { Properties: JSON.stringify(properties) }),
  }));
  return json({ TypeName, ResourceDescriptions });
}

/** Two pages, so that a check that reads one alone misses the second. */
function resourcePolicies({ logPolicies = [] }: Played, { policyScope, nextToken }: Readonly<Record<string, string>>): Answer {
  if (policyScope !== 'ACCOUNT') throw new Error(`stand-in: expected the scope ACCOUNT, got ${policyScope}; others do not count`);
  const page = nextToken === undefined ? logPolicies.slice(0, 4) : logPolicies.slice(4);
  return json({ resourcePolicies: page.map((policyName) => ({ policyName })), ...(nextToken === undefined ? { nextToken: 'more' } : {}) });
}

const parameter = ([name, allowed]: readonly [string, string]): string =>
  `<Parameter><ParameterName>${name}</ParameterName><IsModifiable>true</IsModifiable><AllowedValues>${allowed}</AllowedValues></Parameter>`;

function metric(operation: string, { headers }: IncomingMessage, { metrics = {} }: Played, body: string): Answer {
  if (String(headers['smithy-protocol'] ?? '').includes('cbor')) throw new Error('stand-in: expected JSON or query, got CBOR; add it');
  const isJson = headers['x-amz-target'] !== undefined;
  const name = isJson ? JSON.parse(body).MetricName : (new URLSearchParams(body).get('MetricName') ?? '');
  const { [name]: value } = metrics;
  const points = value === undefined ? [] : [{ Maximum: value, Sum: value }];
  return isJson ? json({ Datapoints: points }) : result(operation, toXml({ Datapoints: { member: points } }));
}

function bucket({ buckets }: Played, operation: string, url: string): Answer {
  const name = url.split(/[/?]/)[1] ?? '';
  const { [name]: found } = buckets;
  if (!found) return xml('<Error><Code>NoSuchBucket</Code><Message>none</Message></Error>', 404);
  if (operation === 'GET policy') {
    if (!found.sids) return xml('<Error><Code>NoSuchBucketPolicy</Code><Message>none</Message></Error>', 404);
    return { status: 200, type: 'application/json', body: JSON.stringify({ Statement: found.sids.map((Sid) => ({ Sid })) }) };
  }
  return xml(`<ListBucketResult><KeyCount>${found.objects}</KeyCount></ListBucketResult>`);
}

function ec2({ blockPublicAccess }: Played, operation: string): Answer | undefined {
  const inner: Readonly<Record<string, string>> = {
    DescribeAddresses: '<addressesSet/>',
    DescribeVpcs: '<vpcSet/>',
    DescribeVpnGateways: '<vpnGatewaySet/>',
    DescribeInstanceTypes: '<instanceTypeSet><item><vCpuInfo><defaultVCpus>2</defaultVCpus></vCpuInfo></item></instanceTypeSet>',
    DescribeVpcBlockPublicAccessOptions: `<vpcBlockPublicAccessOptions><internetGatewayBlockMode>${blockPublicAccess}</internetGatewayBlockMode></vpcBlockPublicAccessOptions>`,
  };
  const { [operation]: found } = inner;
  return found === undefined ? undefined : xml(`<${operation}Response>${found}</${operation}Response>`);
}
