// The edge stack for tests: built with the stacks that it needs, and no other.
import type { App } from 'aws-cdk-lib/core';
import { applyBoundary } from '../../../lib/identity/permissions-boundary';
import { tagDeployment, writeClauseMetadata } from '../../../lib/labels/labels';
import { AccountStack } from '../../../lib/stacks/account';
import { DataStack } from '../../../lib/stacks/data';
import { EdgeStack } from '../../../lib/stacks/edge';
import { NetworkStack } from '../../../lib/stacks/network';
import { account, type Choice, siteFor } from './account-stack';
import { BuiltStack, builtApp } from './built-stack';

/** A certificate of an authority made for tests; nobody has its key. */
export const clientCa = 'test/lib/edge/client-authority.pem';

const hostedZone = { id: 'Z0123456789ABCDEFGHIJ', name: 'example.com' };

/** Production under a name of its own, with its records. */
export const named: Choice = { settings: { edge: { domain: 'collect.example.com', hostedZone } } };

/** The same behind Cloudflare. */
export const behindCloudflare: Choice = {
  settings: { edge: { domain: 'collect.example.com', hostedZone, cloudflare: { clientCa, origin: 'origin.example.com' } } },
};

/** The edge stack of that choice. */
export const edgeStack = (choice: Choice = {}): BuiltStack<EdgeStack> =>
  new BuiltStack(
    'example-edge',
    EdgeStack,
    builtApp(`edge ${JSON.stringify(choice)}`, (app) => build(app, choice)),
  );

function build(app: App, choice: Choice): void {
  const site = siteFor(choice);
  const common = { site, env: { account, region: site.region } };
  const accountStack = new AccountStack(app, 'example-account', common);
  const network = new NetworkStack(app, 'example-network', { ...common, account: accountStack });
  const data = new DataStack(app, 'example-data', { ...common, account: accountStack, network });
  new EdgeStack(app, 'example-edge', { ...common, account: accountStack, network, data });
  applyBoundary(app, site);
  tagDeployment(app, site);
  writeClauseMetadata(app);
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
