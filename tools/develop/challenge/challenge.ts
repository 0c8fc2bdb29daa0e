// Changes that break a promise of the clauses, expressed on the synthesized templates, and the finders of their place.

export type Json = string | number | boolean | null | Json[] | Fields;

export interface Fields {
  [name: string]: Json;
}

export interface Resource {
  Type: string;
  Properties: Fields;
  /** Attributes beside the properties, as in `DependsOn`. */
  [attribute: string]: Json;
}

export interface Template {
  Resources: { [id: string]: Resource };
  /** Sections beside the resources, as in `Outputs`. */
  [section: string]: Json;
}

export const stackNames = ['account', 'network', 'recovery', 'data', 'edge', 'access', 'collection', 'backup'] as const;

/** Templates of one deployment at one site, by the name of the stack without the deployment. */
export type Templates = Readonly<Record<(typeof stackNames)[number], Template>>;

export interface Challenge {
  /** Clause of clauses.yaml that the change breaks, as in `TOM-6.3`. */
  readonly clause: string;
  /** The kind: A to K, or `section`. */
  readonly kind: 'A' | 'B' | 'C' | 'D' | 'E' | 'F' | 'G' | 'H' | 'I' | 'J' | 'K' | 'section';
  /** Title: one noun phrase, as in `a bucket policy that admits every account of the organization`. */
  readonly title: string;
  /** Changes the templates in place. */
  change(templates: Templates): void;
}

export interface Found {
  readonly id: string;
  readonly resource: Resource;
  readonly properties: Fields;
}

/** The start of a logical id, or a condition on the properties. */
export type Match = string | ((properties: Fields, id: string) => boolean);

/** An account that belongs to no deployment. */
export const otherAccount = '210987654321';

const isFields = (value: Json | undefined): value is Fields => typeof value === 'object' && value !== null && !Array.isArray(value);

/** Every resource of the type that matches: at least one. */
export function resourcesOfType(template: Template, type: string, match: Match = ''): readonly Found[] {
  const matches = typeof match === 'string' ? (_: Fields, id: string) => id.startsWith(match) : match;
  const found = Object.entries(template.Resources)
    .filter(([id, resource]) => resource.Type === type && matches(resource.Properties, id))
    .map(([id, resource]) => ({ id, resource, properties: resource.Properties }));
  if (found.length === 0) throw new Error(`${type}: expected a resource that matches ${match}, got none`);
  return found;
}

/** The one resource of the type that matches. */
export function resourceOfType(template: Template, type: string, match: Match = ''): Found {
  const [first, ...others] = resourcesOfType(template, type, match);
  if (!first || others.length > 0) throw new Error(`${type}: expected one resource that matches ${match}, got ${others.length + 1}`);
  return first;
}

const endsWith = (value: Json | undefined, end: string): boolean => typeof value === 'string' && value.endsWith(end);

/** The function by its name without the deployment, as in `ingest`. */
export const functionNamed = (template: Template, name: string): Found =>
  resourceOfType(template, 'AWS::Lambda::Function', ({ FunctionName }) => endsWith(FunctionName, `-${name}`));

/** The alarm by its name without the stack, as in `SpoolDelayed`. */
export const alarmNamed = (template: Template, name: string): Found =>
  resourceOfType(template, 'AWS::CloudWatch::Alarm', ({ AlarmName }) => endsWith(AlarmName, `-${name}`));

/** The log group by the end of its name, as in `/functions/ingest`. */
export const logGroupNamed = (template: Template, end: string): Found =>
  resourceOfType(template, 'AWS::Logs::LogGroup', ({ LogGroupName }) => endsWith(LogGroupName, end));

/** The managed policy of the function, by the function's name. */
export const permissionsOf = (template: Template, name: string): Found =>
  resourceOfType(template, 'AWS::IAM::ManagedPolicy', ({ Description }) => Description === `Permissions of the function ${name}`);

/** The role of the function, by the function's name. */
export const roleOf = (template: Template, name: string): Found =>
  resourceOfType(template, 'AWS::IAM::Role', ({ Description }) => String(Description).startsWith(`Function ${name}:`));

/** The schedule that starts the function, by the function's name. */
export const scheduleOf = (template: Template, name: string): Found => {
  const { id } = functionNamed(template, name);
  return resourceOfType(template, 'AWS::Scheduler::Schedule', ({ Target }) => JSON.stringify(Target).includes(`"${id}"`));
};

/** Steps of a path; `~1` stands for a slash within a name. */
const steps = (path: string): readonly string[] => path.split('/').map((step) => step.replaceAll('~1', '/'));

function child(value: Json | undefined, step: string): Json | undefined {
  if (Array.isArray(value)) return value[Number(step)];
  return isFields(value) ? value[step] : undefined;
}

/** The value at the path, as in `LaunchTemplateData/BlockDeviceMappings/0/Ebs`. */
export function at(fields: Fields, path: string): Json {
  const value = steps(path).reduce<Json | undefined>(child, fields);
  if (value === undefined) throw new Error(`${path}: expected a value, got none in ${Object.keys(fields).join(', ')}`);
  return value;
}

export function fieldsAt(fields: Fields, path: string): Fields {
  const value = at(fields, path);
  if (!isFields(value)) throw new Error(`${path}: expected an object, got ${JSON.stringify(value)}`);
  return value;
}

export function listAt(fields: Fields, path: string): Json[] {
  const value = at(fields, path);
  if (!Array.isArray(value)) throw new Error(`${path}: expected a list, got ${JSON.stringify(value)}`);
  return value;
}

/** Sets the value at the path, whose parent exists. */
export function put(fields: Fields, path: string, value: Json): void {
  const parent = path.includes('/') ? at(fields, path.slice(0, path.lastIndexOf('/'))) : fields;
  const last = steps(path).at(-1) ?? '';
  if (Array.isArray(parent)) parent[Number(last)] = value;
  else if (isFields(parent)) parent[last] = value;
  else throw new Error(`${path}: expected an object or a list to set it in, got ${JSON.stringify(parent)}`);
}

/** Removes the value at the path, which exists. */
export function drop(fields: Fields, path: string): void {
  at(fields, path);
  const parent = path.includes('/') ? at(fields, path.slice(0, path.lastIndexOf('/'))) : fields;
  const last = steps(path).at(-1) ?? '';
  if (Array.isArray(parent)) parent.splice(Number(last), 1);
  else if (isFields(parent)) delete parent[last];
}

/** The one object of the list at the path that has the fields. */
export function itemOf(fields: Fields, path: string, having: Fields): Fields {
  const items = listAt(fields, path).filter(isFields);
  const found = items.find((item) => Object.entries(having).every(([name, value]) => JSON.stringify(item[name]) === JSON.stringify(value)));
  if (!found) throw new Error(`${path}: expected an item with ${JSON.stringify(having)}, got none`);
  return found;
}

/** The statement of the policy document that has the fields, as in `{ Sid: 'NobodyDestroys' }`. */
export const statementOf = (properties: Fields, document: string, having: Fields): Fields =>
  itemOf(properties, `${document}/Statement`, having);

/** Adds the statement to the policy document. */
export const addStatement = (properties: Fields, document: string, statement: Fields): void => {
  listAt(properties, `${document}/Statement`).push(statement);
};

/** The statement of the policy whose actions include the action. */
export function statementWith(properties: Fields, document: string, action: string, effect = 'Allow'): Fields {
  const found = listAt(properties, `${document}/Statement`)
    .filter(isFields)
    .find(({ Action, Effect }) => Effect === effect && [Action].flat().includes(action));
  if (!found) throw new Error(`${document}: expected a statement with ${action}, got none`);
  return found;
}

export const ref = (id: string): Fields => ({ Ref: id });
export const attribute = (id: string, name = 'Arn'): Fields => ({ 'Fn::GetAtt': [id, name] });
export const sub = (text: string): Fields => ({ 'Fn::Sub': text });

/** The import of a value that the template exports. */
export function importOf(template: Template, value: Json): Fields {
  const outputs = Object.values(fieldsAt(template, 'Outputs')).filter(isFields);
  const output = outputs.find(({ Value }) => JSON.stringify(Value) === JSON.stringify(value));
  if (!output) throw new Error(`Outputs: expected an export of ${JSON.stringify(value)}, got none`);
  return { 'Fn::ImportValue': at(output, 'Export/Name') };
}

/** The import of a subnet, as in `private` and 1. */
export const subnetImport = (network: Template, tier: string, zone: number): Fields =>
  importOf(network, ref(resourceOfType(network, 'AWS::EC2::Subnet', `Vpc${tier}Subnet${zone}Subnet`).id));

/** Adds a resource under an id that the template does not have. */
export function add(template: Template, id: string, type: string, properties: Fields, attributes: Fields = {}): Fields {
  if (template.Resources[id]) throw new Error(`${id}: expected a new logical id, got one of the template`);
  template.Resources[id] = { Type: type, Properties: properties, ...attributes };
  return ref(id);
}

/** The section of the template, which is made if there is none. */
export function section(template: Template, name: string): Fields {
  template[name] ??= {};
  return fieldsAt(template, name);
}

/** The text parts of the boot script of the servers. */
export const bootParts = (collection: Template): Json[] =>
  listAt(resourceOfType(collection, 'AWS::EC2::LaunchTemplate').properties, 'LaunchTemplateData/UserData/Fn::Base64/Fn::Join/1');

/** Replaces a text of the boot script of the servers. */
export function rewriteBoot(collection: Template, from: string, to: string): void {
  const parts = bootParts(collection);
  const index = parts.findIndex((part) => typeof part === 'string' && part.includes(from));
  if (index < 0) throw new Error(`boot script: expected the text ${JSON.stringify(from)}, got none`);
  parts[index] = String(parts[index]).replace(from, () => to);
}
