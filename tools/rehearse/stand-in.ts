// A stand-in for the account: the values that resources would have after the deployment, so that policies can be
// evaluated as AWS evaluates them, on concrete ARNs.
import { createHash } from 'node:crypto';
import { type Assembly, isObject, type Json, type JsonObject, type Resource } from '../../lib/tom/template/assembly';
import { canonicalResource } from '../../lib/tom/template/canonical';
import { nameOf } from '../../lib/tom/template/names';

/** Account of the examples of the AWS documentation. */
export const standInAccount = '111122223333';

/** `name` is the physical name that CloudFormation generates where the template gives none. */
type Attributes = (name: string, property: (key: string) => string | undefined, region: string) => Readonly<Record<string, string>>;

const arn = (service: string, region: string, rest: string): string => `arn:aws:${service}:${region}:${standInAccount}:${rest}`;
const digest = (name: string): string => createHash('sha256').update(name).digest('hex');
const uuid = (name: string): string => digest(name).replace(/^(.{8})(.{4})(.{4})(.{4})(.{12}).*/, '$1-$2-$3-$4-$5');

/** The part of a service's own in the names of its service-linked roles. */
const serviceRoles: Readonly<Record<string, string>> = { 'autoscaling.amazonaws.com': 'AutoScaling' };

/**
 * `Ref` and attributes of the types that policies name ("AWS resource and property types reference", Return values).
 */
const attributesByType: Readonly<Record<string, Attributes>> = {
  'AWS::CloudWatch::Alarm': (name, property, region) => ({ Arn: arn('cloudwatch', region, `alarm:${property('AlarmName') ?? name}`) }),
  // An address for documentation (RFC 5737); no rehearsal sends to it.
  'AWS::EC2::EIP': (name) => ({ PublicIp: `203.0.113.${Number.parseInt(digest(name).slice(0, 2), 16) % 254}` }),
  'AWS::Events::Rule': (name, property, region) => ({ Arn: arn('events', region, `rule/${property('Name') ?? name}`) }),
  'AWS::IAM::Role': (name, property) => {
    const own = property('RoleName') ?? name;
    return { Ref: own, Arn: `arn:aws:iam::${standInAccount}:role/${own}` };
  },
  // "Create a service-linked role": the suffix follows the name that the service gives.
  'AWS::IAM::ServiceLinkedRole': (_, property) => {
    const service = property('AWSServiceName') ?? '';
    const suffix = property('CustomSuffix');
    const own = `AWSServiceRoleFor${serviceRoles[service] ?? service}${suffix === undefined ? '' : `_${suffix}`}`;
    return { Ref: own, Arn: `arn:aws:iam::${standInAccount}:role/aws-service-role/${service}/${own}` };
  },
  'AWS::KMS::Key': (name, _, region) => ({ Ref: uuid(name), Arn: arn('kms', region, `key/${uuid(name)}`) }),
  'AWS::Kinesis::Stream': (name, property, region) => {
    const own = property('Name') ?? name;
    return { Ref: own, Arn: arn('kinesis', region, `stream/${own}`) };
  },
  'AWS::KinesisFirehose::DeliveryStream': (name, property, region) => {
    const own = property('DeliveryStreamName') ?? name;
    return { Ref: own, Arn: arn('firehose', region, `deliverystream/${own}`) };
  },
  'AWS::Lambda::Function': (name, property, region) => {
    const own = property('FunctionName') ?? name;
    return { Ref: own, Arn: arn('lambda', region, `function:${own}`) };
  },
  'AWS::Logs::LogGroup': (name, property, region) => {
    const own = property('LogGroupName') ?? name;
    return { Ref: own, Arn: arn('logs', region, `log-group:${own}:*`) };
  },
  'AWS::RDS::DBCluster': (name, _, region) => ({
    Ref: name.toLowerCase(),
    DBClusterResourceId: `cluster-${digest(name).slice(0, 26).toUpperCase()}`,
    'MasterUserSecret.SecretArn': arn('secretsmanager', region, `secret:rds!cluster-${uuid(name)}-AbCdEf`),
  }),
  'AWS::RDS::DBProxy': (name, _, region) => ({
    DBProxyArn: arn('rds', region, `db-proxy:prx-${digest(name).slice(0, 17)}`),
    // The last part of the ARN, which contracts name, and templates cut out.
    ResourceId: `prx-${digest(name).slice(0, 17)}`,
  }),
  'AWS::S3::Bucket': (name, property) => {
    const own = property('BucketName') ?? name.toLowerCase();
    return { Ref: own, Arn: `arn:aws:s3:::${own}` };
  },
  'AWS::SNS::Topic': (name, property, region) => ({ Ref: arn('sns', region, property('TopicName') ?? name) }),
  'AWS::SQS::Queue': (name, property, region) => {
    const own = property('QueueName') ?? name;
    return { Ref: `https://sqs.${region}.amazonaws.com/${standInAccount}/${own}`, Arn: arn('sqs', region, own) };
  },
  'AWS::Scheduler::ScheduleGroup': (name, property, region) => {
    const own = property('Name') ?? name;
    return { Ref: own, Arn: arn('scheduler', region, `schedule-group/${own}`) };
  },
  'AWS::SecretsManager::Secret': (name, property, region) => ({
    Ref: arn('secretsmanager', region, `secret:${property('Name') ?? name}-AbCdEf`),
  }),
};

/** Name of a resource without a name of its own ("Name type": stack, logical id and random characters). */
const generatedName = ({ stack, logicalId }: Resource): string => `${stack.name}-${logicalId}`;

/** The values of one deployment in its stand-in account. */
export class StandIn {
  private readonly byName: ReadonlyMap<string, Resource>;
  private readonly knownProperties = new Map<Resource, JsonObject>();
  private readonly knownAttributes = new Map<string, Readonly<Record<string, string>>>();

  constructor(readonly assembly: Assembly) {
    this.byName = new Map(assembly.resources.map((resource) => [nameOf(resource, assembly.facts), resource]));
  }

  resource(name: string): Resource | undefined {
    return this.byName.get(name);
  }

  /** The properties of a resource with concrete values. */
  properties(resource: Resource): JsonObject {
    const known = this.knownProperties.get(resource);
    if (known) return known;
    const { Properties } = canonicalResource(resource, this.assembly);
    const properties = Properties === undefined ? {} : (this.concrete(Properties) as JsonObject);
    this.knownProperties.set(resource, properties);
    return properties;
  }

  /** ARN of a resource, or another text that its `Arn` or `Ref` yields. */
  arnOf(resource: Resource): string {
    const name = nameOf(resource, this.assembly.facts);
    const attributes = this.attributes(name);
    return attributes.Arn ?? attributes.DBProxyArn ?? attributes.Ref ?? generatedName(resource);
  }

  concrete(value: Json): Json {
    if (typeof value === 'string')
      return unescaped(cutParts(value.replace(/\$\{([^{}]+)\}/g, (whole, reference: string) => this.valueOf(reference) ?? whole)));
    if (Array.isArray(value)) return value.map((element: Json) => this.concrete(element));
    if (isObject(value))
      return Object.fromEntries(Object.entries(value).map(([key, member]) => [this.concrete(key) as string, this.concrete(member)]));
    return value;
  }

  private valueOf(reference: string): string | undefined {
    if (reference === 'AWS::AccountId') return standInAccount;
    const [, name = '', attribute = 'Ref'] = /^([\w-]+\/\w+)(?:\.(.+))?$/.exec(reference) ?? [];
    if (!this.byName.has(name)) return undefined;
    return this.attributes(name)[attribute] ?? `${name.replace('/', '-')}.${attribute}`;
  }

  private attributes(name: string): Readonly<Record<string, string>> {
    const known = this.knownAttributes.get(name) ?? this.attributesOf(name);
    this.knownAttributes.set(name, known);
    return known;
  }

  private attributesOf(name: string): Readonly<Record<string, string>> {
    const resource = this.byName.get(name);
    const attributes = resource && attributesByType[resource.type];
    if (!resource || !attributes) return {};
    const text = (key: string): string | undefined => {
      const value = (canonicalResource(resource, this.assembly).Properties as JsonObject | undefined)?.[key];
      return typeof value === 'string' ? (this.concrete(value) as string) : undefined;
    };
    return attributes(generatedName(resource), text, resource.stack.region);
  }
}

/** Literal texts as they are, such as variables of policies: the canonical form escapes a `$` before a brace. */
const unescaped = (text: string): string => text.replace(/\$!(!*\{)/g, '$$$1');

/** A part that Fn::Select and Fn::Split cut out of a text, in the canonical notation of both. */
function cutParts(text: string): string {
  return text.replace(
    /\$\{Fn::Select \[(\d+),"\$\{Fn::Split \[\\"(.)\\",\\"([^"\\]*)\\"\]\}"\]\}/g,
    (whole, index: string, separator: string, parts: string) => {
      return parts.split(separator)[Number(index)] ?? whole;
    },
  );
}
