// A stand-in for the endpoints that the preflight reads: it speaks the protocols of the services and answers from a plain object.
import { createServer, type IncomingMessage } from 'node:http';

/** The account that the stand-in plays. */
export interface Played {
  readonly account: string;
  /** Values by quota code. */
  readonly quotas: Readonly<Record<string, number>>;
  /** Status and physical ids of each stack that exists. */
  readonly stacks: Readonly<Record<string, { readonly status: string; readonly ids?: readonly string[]; readonly bootstrap?: string }>>;
  readonly blockPublicAccess: string;
  /** Identifiers that Cloud Control finds. */
  readonly existing: readonly string[];
  /** Allowed values by parameter name. */
  readonly parameters: Readonly<Record<string, string>>;
  /** Statement ids of the policy of each bucket that exists, and whether it has objects. */
  readonly buckets: Readonly<Record<string, { readonly objects: number; readonly sids: readonly string[] }>>;
  /** Largest number of pinned sessions; none for no data. */
  readonly pinned?: number;
  /** Operations that are denied. */
  readonly denied: readonly string[];
}

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
  return `${method} ${url.includes('?policy') ? 'policy' : 'objects'}`;
}

function answer(played: Played, operation: string, request: IncomingMessage, body: string): Answer {
  if (played.denied.includes(operation)) return json({ __type: 'AccessDeniedException', message: 'not authorized' }, 400);
  const parameters = new URLSearchParams(body);
  switch (operation) {
    case 'GetCallerIdentity':
      return result(operation, `<Account>${played.account}</Account>`);
    case 'DescribeStacks':
      return describeStack(played, parameters.get('StackName') ?? '');
    case 'DescribeStackResource':
      return describeResource(played, parameters.get('LogicalResourceId') ?? '');
    case 'ListStackResources':
      return listResources(played, parameters.get('StackName') ?? '');
    case 'GetServiceQuota':
      return json({ Quota: { Value: played.quotas[JSON.parse(body).QuotaCode] ?? 1_000_000 } });
    case 'GetResource':
      return resource(played, JSON.parse(body).Identifier);
    case 'DescribeEngineDefaultClusterParameters':
      return result(
        operation,
        `<EngineDefaults><Parameters>${Object.entries(played.parameters).map(parameter).join('')}</Parameters></EngineDefaults>`,
      );
    case 'GetMetricStatistics':
      return metric(operation, request, played.pinned);
    case 'GET policy':
    case 'GET objects':
      return bucket(played, operation, request.url ?? '');
    default:
      return ec2(played, operation);
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

/** Every bucket that exists is found under the logical id that it begins with. */
function describeResource({ buckets }: Played, logicalId: string): Answer {
  const name = Object.keys(buckets).find((bucket) => logicalId.toLowerCase().startsWith(bucket));
  if (name === undefined) {
    const message = `Resource ${logicalId} does not exist for stack`;
    return xml(`<ErrorResponse><Error><Code>ValidationError</Code><Message>${message}</Message></Error></ErrorResponse>`, 400);
  }
  return result('DescribeStackResource', `<StackResourceDetail><PhysicalResourceId>${name}</PhysicalResourceId></StackResourceDetail>`);
}

function listResources({ stacks }: Played, name: string): Answer {
  const members = (stacks[name]?.ids ?? []).map((id) => `<member><PhysicalResourceId>${id}</PhysicalResourceId></member>`);
  return result('ListStackResources', `<StackResourceSummaries>${members.join('')}</StackResourceSummaries>`);
}

function resource({ existing }: Played, identifier: string): Answer {
  if (existing.includes(identifier)) return json({ ResourceDescription: { Identifier: identifier } });
  return json({ __type: 'ResourceNotFoundException', message: `${identifier} was not found` }, 400);
}

const parameter = ([name, allowed]: readonly [string, string]): string =>
  `<Parameter><ParameterName>${name}</ParameterName><IsModifiable>true</IsModifiable><AllowedValues>${allowed}</AllowedValues></Parameter>`;

function metric(operation: string, { headers }: IncomingMessage, pinned: number | undefined): Answer {
  const points = pinned === undefined ? [] : [{ Maximum: pinned }];
  if (String(headers['smithy-protocol'] ?? '').includes('cbor')) throw new Error('stand-in: expected JSON or query, got CBOR; add it');
  if (headers['x-amz-target'] !== undefined) return json({ Datapoints: points });
  return result(
    operation,
    `<Datapoints>${points.map(({ Maximum }) => `<member><Maximum>${Maximum}</Maximum></member>`).join('')}</Datapoints>`,
  );
}

function bucket({ buckets }: Played, operation: string, url: string): Answer {
  const name = url.split(/[/?]/)[1] ?? '';
  const { [name]: found } = buckets;
  if (!found) return xml('<Error><Code>NoSuchBucket</Code><Message>none</Message></Error>', 404);
  if (operation === 'GET policy') {
    return { status: 200, type: 'application/json', body: JSON.stringify({ Statement: found.sids.map((Sid) => ({ Sid })) }) };
  }
  return xml(`<ListBucketResult><KeyCount>${found.objects}</KeyCount></ListBucketResult>`);
}

function ec2({ blockPublicAccess }: Played, operation: string): Answer {
  const inner: Readonly<Record<string, string>> = {
    DescribeAddresses: '<addressesSet/>',
    DescribeVpcs: '<vpcSet/>',
    DescribeInstanceTypes: '<instanceTypeSet><item><vCpuInfo><defaultVCpus>2</defaultVCpus></vCpuInfo></item></instanceTypeSet>',
    DescribeVpcBlockPublicAccessOptions: `<vpcBlockPublicAccessOptions><internetGatewayBlockMode>${blockPublicAccess}</internetGatewayBlockMode></vpcBlockPublicAccessOptions>`,
  };
  const { [operation]: found } = inner;
  if (found === undefined) throw new Error(`stand-in: expected an operation of the preflight, got ${operation}; the preflight only reads`);
  return xml(`<${operation}Response>${found}</${operation}Response>`);
}
