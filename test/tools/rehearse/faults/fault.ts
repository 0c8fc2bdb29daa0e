// Faults of real deployments, put back into the templates, for the proof that the rehearsal finds them.
import { loadSite } from '../../../../lib/config/load';
import { settingsSchema } from '../../../../lib/config/settings/settings';
import { siteOf } from '../../../../lib/config/site';
import { Assembly, type ResourceJson, type StackTemplate, type Template } from '../../../../lib/tom/template/assembly';
import { nameOf } from '../../../../lib/tom/template/names';
import { type Deployed, readDeployed } from '../../../../tools/rehearse/deployed';
import { build } from '../../../../tools/rehearse/deployments';
import type { Outcome, Part } from '../../../../tools/rehearse/row';
import { projectRoot } from '../../../../tools/synthesis/synthesize';
import { synthesized } from '../../../synthesized/synthesized';

/** A fault, and what finds it. */
export interface Fault {
  /** Row of issue 10, section 1, or bullet of section 2, as in `2.4`. */
  readonly id: string;
  /** The fault in words. */
  readonly what: string;
}

/** A fault that the rehearsal finds: in one deployment, or in a change from one to another. */
export interface FoundFault extends Fault {
  readonly part: Part;
  readonly outcome: Outcome;
  /** A fragment of subject and detail. */
  readonly detail: string;
  readonly before?: () => Deployed;
  /** The deployment with the fault. */
  readonly put: () => Deployed;
}

/** A fault that no template shows, or that a rule of the TOM holds. */
export interface OutsideFault extends Fault {
  readonly reason: string;
  /** The test that holds it. */
  readonly test: string;
  /** The rule that objects to the changed templates. */
  readonly rule?: string;
  readonly put?: () => Deployed;
}

type Change = (json: ResourceJson) => ResourceJson | undefined;

export const production: Deployed = readDeployed(
  synthesized('production').folder,
  loadSite({ directory: `${projectRoot}/config`, deployment: 'production', site: 'home' }),
);

const cloudflareSettings = {
  edge: {
    domain: 'collect.example.com',
    hostedZone: { id: 'Z0123456789ABCDEFGHIJ', name: 'example.com' },
    cloudflare: { clientCa: 'tools/rehearse/authorities/first.pem', origin: 'origin.example.com' },
    certificate: { issue: { contact: 'certificates@example.com' } },
  },
};

const known = new Map<string, Deployed>();

function built(key: string, edge: object): Deployed {
  const settings = settingsSchema.parse({ environment: 'production', owner: 'platform', edge });
  const deployed = known.get(key) ?? build(siteOf('example', 'home', settings, []));
  known.set(key, deployed);
  return deployed;
}

/** A deployment behind Cloudflare, with a certificate that is issued for the origin. */
export const behindCloudflare = (): Deployed => built('behind', cloudflareSettings.edge);

/** The same without Cloudflare. */
export const withoutCloudflare = (): Deployed => {
  const { cloudflare: _, ...edge } = cloudflareSettings.edge;
  return built('without', edge);
};

/** The deployment with changed resources, by their names. @throws Error for a name that no resource has */
export function changed(deployed: Deployed, changes: Readonly<Record<string, Change>>): Deployed {
  const missing = new Set(Object.keys(changes));
  const result = mapped(deployed, (name, json) => {
    missing.delete(name);
    return changes[name] ? changes[name](json) : json;
  });
  if (missing.size > 0) throw new Error(`changed: expected a resource of the templates, got ${[...missing].join(', ')}`);
  return result;
}

/** The deployment with a resource in another stack. */
export function moved(deployed: Deployed, name: string, stack: string): Deployed {
  const { assembly } = deployed;
  const resource = assembly.resources.find((each) => nameOf(each, assembly.facts) === name);
  if (!resource) throw new Error(`moved: expected a resource of the templates, got ${name}`);
  const without = changed(deployed, { [name]: () => undefined });
  const stacks = without.assembly.stacks.map((each) =>
    each.name.endsWith(`-${stack}`) ? withResources(each, { ...each.template.Resources, [resource.logicalId]: resource.json }) : each,
  );
  return { ...deployed, assembly: new Assembly(assembly.facts, stacks) };
}

/** The deployment with each text of its resources replaced. */
export const rewritten = (deployed: Deployed, from: string, to: string): Deployed =>
  mapped(deployed, (_, json) => JSON.parse(JSON.stringify(json).replaceAll(from, to)) as ResourceJson);

function mapped({ assembly, earlier }: Deployed, change: (name: string, json: ResourceJson) => ResourceJson | undefined): Deployed {
  const stacks = assembly.stacks.map((stack) => {
    const own = assembly.resources.filter((resource) => resource.stack === stack);
    const after = own.map((resource) => [resource.logicalId, change(nameOf(resource, assembly.facts), resource.json)] as const);
    return withResources(stack, Object.fromEntries(after.filter(([, json]) => json !== undefined)));
  });
  return { assembly: new Assembly(assembly.facts, stacks), earlier };
}

const withResources = (stack: StackTemplate, resources: object): StackTemplate => ({
  ...stack,
  template: { ...stack.template, Resources: resources } as Template,
});

/** The resource with other properties; those that are `undefined` are removed. */
export const withProperties =
  (properties: Readonly<Record<string, unknown>>): Change =>
  (json) =>
    JSON.parse(JSON.stringify({ ...json, Properties: { ...json.Properties, ...properties } })) as ResourceJson;

/** The resource without another section, as in `DependsOn`. */
export const withoutSection =
  (section: keyof ResourceJson): Change =>
  (json) => ({ ...json, [section]: undefined });

/** The resource with texts within it replaced, for a part that is deep. */
export const withText =
  (from: string | RegExp, to: string): Change =>
  (json) => {
    const text = JSON.stringify(json);
    const after = text.replace(from, to);
    if (after === text) throw new Error(`withText: expected ${String(from)} in the resource, got none`);
    return JSON.parse(after) as ResourceJson;
  };

export const removed: Change = () => undefined;
