// The edge stack for tests: built with the stacks that it needs, and no other.
import { Template } from 'aws-cdk-lib/assertions';
import type { App } from 'aws-cdk-lib/core';
import { applyBoundary } from '../../../lib/identity/permissions-boundary';
import { tagDeployment, writeClauseMetadata } from '../../../lib/labels/labels';
import { AccountStack } from '../../../lib/stacks/account';
import { DataStack } from '../../../lib/stacks/data';
import { EdgeStack } from '../../../lib/stacks/edge';
import { NetworkStack } from '../../../lib/stacks/network';
import { account, appWithFlags, type Choice, siteFor } from './account-stack';

export interface BuiltEdge {
  readonly app: App;
  readonly stack: EdgeStack;
  readonly template: Template;
}

/** A certificate of an authority made for tests; nobody has its key. */
export const clientCa = 'test/lib/edge/client-authority.pem';

const hostedZone = { id: 'Z0123456789ABCDEFGHIJ', name: 'example.com' };

/** Production under a name of its own, with its records. */
export const named: Choice = { settings: { edge: { domain: 'collect.example.com', hostedZone } } };

/** The same behind Cloudflare. */
export const behindCloudflare: Choice = {
  settings: { edge: { domain: 'collect.example.com', hostedZone, cloudflare: { clientCa, origin: 'origin.example.com' } } },
};

const built = new Map<string, BuiltEdge>();

/** The edge stack of that choice, built once for a test file. */
export function edgeStack(choice: Choice = {}): BuiltEdge {
  const name = JSON.stringify(choice);
  const before = built.get(name);
  if (before) return before;
  const app = appWithFlags();
  const site = siteFor(choice);
  const common = { site, env: { account, region: site.region } };
  const accountStack = new AccountStack(app, 'example-account', common);
  const network = new NetworkStack(app, 'example-network', { ...common, account: accountStack });
  const data = new DataStack(app, 'example-data', { ...common, account: accountStack, network });
  const stack = new EdgeStack(app, 'example-edge', { ...common, account: accountStack, network, data });
  applyBoundary(app, site);
  tagDeployment(app, site);
  writeClauseMetadata(app);
  const edge = { app, stack, template: Template.fromStack(stack) };
  built.set(name, edge);
  return edge;
}

export interface Made {
  readonly Properties: Record<string, unknown>;
  readonly DeletionPolicy?: string;
  readonly UpdateReplacePolicy?: string;
  readonly DependsOn?: readonly string[];
}

/** Resources of a type, by logical id. */
export function resourcesOf(choice: Choice, type: string): Record<string, Made> {
  return edgeStack(choice).template.findResources(type) as never;
}

/** The properties of the only resource of the type whose logical id begins with `prefix`. */
export function only(choice: Choice, type: string, prefix = ''): Record<string, unknown> {
  const found = Object.entries(resourcesOf(choice, type)).filter(([id]) => id.startsWith(prefix));
  const [one] = found;
  if (!one || found.length > 1) throw new Error(`${type} ${prefix}: expected one resource, got ${found.map(([id]) => id).join(', ')}`);
  return one[1].Properties;
}

/** Attributes that stand in a list of keys and values. */
export function attributes(list: unknown): Record<string, unknown> {
  return Object.fromEntries((list as { Key: string; Value: unknown }[]).map(({ Key, Value }) => [Key, Value]));
}
