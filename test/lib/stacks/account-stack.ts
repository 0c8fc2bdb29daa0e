// The account stack for tests: built alone, with the flags of cdk.json, its policies with their references filled in.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Template } from 'aws-cdk-lib/assertions';
import { App } from 'aws-cdk-lib/core';
import type { Settings } from '../../../lib/config/settings/settings';
import { settingsSchema } from '../../../lib/config/settings/settings';
import { type Site, type SiteName, siteOf } from '../../../lib/config/site';
import { applyBoundary } from '../../../lib/identity/permissions-boundary';
import { AccountStack } from '../../../lib/stacks/account';

export const account = '111111111111';

const { context } = JSON.parse(readFileSync(join(__dirname, '../../../cdk.json'), 'utf8')) as { context: Record<string, unknown> };

/** Where the files that a deployment uploads stay; templates name them by their content. */
const inPlace = { 'aws:cdk:disable-asset-staging': true };
/** Nobody reads where in the code a resource was created. */
const withoutOrigins = { 'aws:cdk:disable-creation-stack-traces': true };

/** An app with the feature flags of the project; `files` are copied into its assembly, or not. */
export const appWithFlags = (files: 'copied' | 'in place' = 'copied'): App =>
  new App({ context: { ...context, ...withoutOrigins, ...(files === 'copied' ? {} : inPlace) } });

export interface Choice {
  readonly environment?: Settings['environment'];
  readonly site?: SiteName;
  readonly settings?: Record<string, unknown>;
}

/** The site of a deployment named `example`. */
export function siteFor({ environment = 'production', site = 'home', settings = {} }: Choice = {}): Site {
  return siteOf('example', site, settingsSchema.parse({ environment, owner: 'platform', account, ...settings }), []);
}

export function accountStack(choice: Choice = {}): { readonly app: App; readonly stack: AccountStack; readonly site: Site } {
  const app = appWithFlags();
  const site = siteFor(choice);
  const stack = new AccountStack(app, 'example-account', { site, env: { account, region: site.region } });
  applyBoundary(app, site);
  return { app, stack, site };
}

const templates = new Map<string, Template>();

/** The template of that choice, synthesized once for a test file. */
export function accountTemplate(choice: Choice = {}): Template {
  const { environment = 'production', site = 'home', settings = {} } = choice;
  const key = JSON.stringify([environment, site, settings]);
  const template = templates.get(key) ?? Template.fromStack(accountStack(choice).stack);
  templates.set(key, template);
  return template;
}

type Properties = Record<string, unknown>;

/**
 * The properties of the only resource of the type whose logical id begins with `prefix`, with their references filled
 * in.
 */
export function propertiesOf(template: Template, type: string, prefix = ''): Properties {
  const found = Object.entries(template.findResources(type)).filter(([id]) => id.startsWith(prefix));
  const [only] = found;
  if (!only || found.length > 1) throw new Error(`${type} ${prefix}: expected one resource, got ${found.map(([id]) => id).join(', ')}`);
  return concrete((only[1] as { Properties: unknown }).Properties) as Properties;
}

/** The value with joins joined, and each reference replaced by what it would be in an account. */
export function concrete(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(concrete);
  if (typeof value !== 'object' || value === null) return value;
  const intrinsic = value as { Ref?: string; 'Fn::GetAtt'?: [string, string]; 'Fn::Join'?: [string, unknown[]] };
  if (intrinsic['Fn::Join']) return intrinsic['Fn::Join'][1].map(concrete).join(intrinsic['Fn::Join'][0]);
  if (intrinsic.Ref) return intrinsic.Ref === 'AWS::AccountId' ? account : intrinsic.Ref.toLowerCase();
  if (intrinsic['Fn::GetAtt']) return `arn:aws:s3:::${intrinsic['Fn::GetAtt'][0].toLowerCase()}`;
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, concrete(inner)]));
}
