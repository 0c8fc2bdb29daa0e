// Places that several topics change: statements of the boundary by meaning, tags, exports, parameters, swaps.
import {
  add,
  at,
  type Fields,
  type Found,
  fieldsAt,
  functionNamed,
  type Json,
  listAt,
  put,
  type Resource,
  ref,
  resourceOfType,
  section,
  type Template,
} from '../challenge';

const isFields = (value: Json | undefined): value is Fields => typeof value === 'object' && value !== null && !Array.isArray(value);

/** Whether the pattern of an action covers the action; a pattern of every action does not count. */
function covers(pattern: Json | undefined, action: string): boolean {
  if (typeof pattern !== 'string' || pattern === '*') return false;
  const source = pattern
    .replace(/[.+^${}()|[\]\\]/g, '\\$&')
    .replaceAll('*', '.*')
    .replaceAll('?', '.');
  return new RegExp(`^${source}$`, 'i').test(action);
}

/** The permissions boundary of every role. */
const boundaryOf = (account: Template): Found =>
  resourceOfType(
    account,
    'AWS::IAM::ManagedPolicy',
    ({ ManagedPolicyName }) =>
      /-boundary-/.test(JSON.stringify(ManagedPolicyName ?? '')) &&
      !/-(?:backup|restore)-boundary-/.test(JSON.stringify(ManagedPolicyName)),
  );

const statementsOf = (properties: Fields, document: string): Fields[] => listAt(properties, `${document}/Statement`).filter(isFields);

/** The first statement of the document with the effect and an action that covers the action. */
function covering(properties: Fields, document: string, effect: 'Allow' | 'Deny', action: string): Fields {
  const found = statementsOf(properties, document).find(
    ({ Action, Effect }) => Effect === effect && [Action].flat().some((pattern) => covers(pattern, action)),
  );
  if (!found) throw new Error(`${document}: expected a statement with ${effect} that covers ${action}, got none`);
  return found;
}

/** The first statement of the boundary that denies the action. */
export const denied = (account: Template, action: string): Fields =>
  covering(boundaryOf(account).properties, 'PolicyDocument', 'Deny', action);

/** The first statement of the boundary with Deny whose conditions use the key. */
export function deniedBy(account: Template, key: string): Fields {
  const found = statementsOf(boundaryOf(account).properties, 'PolicyDocument').find(
    ({ Condition, Effect }) => Effect === 'Deny' && JSON.stringify(Condition ?? {}).includes(`"${key}"`),
  );
  if (!found) throw new Error(`boundary: expected a statement with Deny and the condition key ${key}, got none`);
  return found;
}

/** The first statement of the document whose text contains the text. */
export function mentioning(properties: Fields, document: string, text: string): Fields {
  const found = statementsOf(properties, document).find((statement) => JSON.stringify(statement).includes(text));
  if (!found) throw new Error(`${document}: expected a statement with ${text}, got none`);
  return found;
}

/** Adds a condition to the statement. */
export function condition(statement: Fields, operator: string, key: string, value: Json): void {
  statement.Condition ??= {};
  const conditions = fieldsAt(statement, 'Condition');
  const operands = conditions[operator];
  conditions[operator] = { ...(isFields(operands) ? operands : {}), [key]: value };
}

export const keyNamed = (template: Template, id: string): Found => resourceOfType(template, 'AWS::KMS::Key', id);

export const bucketWith = (template: Template, id: string): Found => resourceOfType(template, 'AWS::S3::Bucket', id);

/** The policy of the bucket whose logical id starts so. */
export const policyOfBucket = (template: Template, id: string): Found =>
  resourceOfType(template, 'AWS::S3::BucketPolicy', ({ Bucket }) => JSON.stringify(Bucket).includes(`"${bucketWith(template, id).id}"`));

export const aclEntry = (network: Template, having: Fields, tier: string): Found =>
  resourceOfType(
    network,
    'AWS::EC2::NetworkAclEntry',
    (properties, id) =>
      id.startsWith(`Acl${tier}`) &&
      Object.entries(having).every(([name, value]) => JSON.stringify(properties[name]) === JSON.stringify(value)),
  );

export const aclOf = (network: Template, tier: string): Fields => ref(resourceOfType(network, 'AWS::EC2::NetworkAcl', `Acl${tier}`).id);

export const routeTable = (network: Template, tier: string, zone: number): Fields =>
  ref(resourceOfType(network, 'AWS::EC2::RouteTable', `Vpc${tier}Subnet${zone}RouteTable`).id);

export const subnet = (network: Template, tier: string, zone: number): Fields =>
  ref(resourceOfType(network, 'AWS::EC2::Subnet', `Vpc${tier}Subnet${zone}Subnet`).id);

export const vpcOf = (network: Template): Fields => ref(resourceOfType(network, 'AWS::EC2::VPC').id);

/** Declares a parameter and gives the reference to it. */
export function parameter(template: Template, name: string, fallback: string, type = 'String'): Fields {
  section(template, 'Parameters')[name] = { Type: type, Default: fallback };
  return ref(name);
}

/** Exports a value that the template does not export, and gives its import. */
export function share(template: Template, name: string, value: Json): Fields {
  const outputs = section(template, 'Outputs');
  const [first] = Object.values(outputs).filter(isFields);
  const prefix = first ? String(at(first, 'Export/Name')).split(':')[0] : 'production';
  outputs[name] = { Value: value, Export: { Name: `${prefix}:${name}` } };
  return { 'Fn::ImportValue': `${prefix}:${name}` };
}

/** Sets the tag of the resource. */
export function tag(properties: Fields, key: string, value: string): void {
  const found = listAt(properties, 'Tags')
    .filter(isFields)
    .find(({ Key }) => Key === key);
  if (!found) throw new Error(`Tags: expected ${key}, got none`);
  found.Value = value;
}

export const variables = (template: Template, name: string): Fields =>
  fieldsAt(functionNamed(template, name).properties, 'Environment/Variables');

/** Exchanges the values at the path of two resources. */
export function exchange(one: Fields, other: Fields, path: string): void {
  const [first, second] = [at(one, path), at(other, path)];
  put(one, path, second);
  put(other, path, first);
}

/** Exchanges what two logical ids stand for. */
export function exchangeResources(template: Template, one: Found, other: Found): void {
  template.Resources[one.id] = other.resource;
  template.Resources[other.id] = one.resource;
}

/** Renames a logical id with its references. */
export function rename(template: Template, from: string, to: string): void {
  const renamed: Template = JSON.parse(JSON.stringify(template).replaceAll(`"${from}"`, `"${to}"`));
  for (const name of Object.keys(template)) delete template[name];
  Object.assign(template, renamed);
}

/** The part of a template that leads from the text to the text. */
export function rewrite(resource: Resource, from: string, to: string): void {
  const text = JSON.stringify(resource.Properties);
  if (!text.includes(from)) throw new Error(`${resource.Type}: expected the text ${from}, got none`);
  resource.Properties = JSON.parse(text.replaceAll(from, to));
}

/** Adds the listed items to the list at the path. */
export const append = (fields: Fields, path: string, ...items: Json[]): void => {
  listAt(fields, path).push(...items);
};

export const accountId: Fields = { Ref: 'AWS::AccountId' };
export const join = (...parts: Json[]): Fields => ({ 'Fn::Join': ['', parts] });

/** Adds a role of the service with the boundary of the deployment. */
export const addRole = (template: Template, id: string, service: string): Fields =>
  add(template, id, 'AWS::IAM::Role', {
    AssumeRolePolicyDocument: {
      Statement: [{ Action: 'sts:AssumeRole', Effect: 'Allow', Principal: { Service: service } }],
      Version: '2012-10-17',
    },
    PermissionsBoundary: join('arn:aws:iam::', accountId, ':policy/production-boundary-eu-west-3'),
  });
