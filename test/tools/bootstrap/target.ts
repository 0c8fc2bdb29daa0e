// The deployment for which the tests bootstrap: production, with a deployer and an office.
import { type Site, siteOf } from '../../../lib/config/site';
import type { Json } from '../../../lib/tom/template/assembly';
import { namesOf, type Target } from '../../../tools/bootstrap/names';
import { bootstrapTemplate } from '../../../tools/bootstrap/template';
import { standInAccount as account } from '../../../tools/rehearse/stand-in';
import { site as production } from '../preflight/production-site';

export { account };
export const region = 'eu-west-3';
export const administrator = `arn:aws:iam::${account}:role/administrators`;
export const access = {
  ...production.settings.access,
  deployer: { repository: 'example/rempart', provider: 'managed' as const },
  officeAddresses: ['192.0.2.0/24'],
};
export const site: Site = { ...production, settings: { ...production.settings, access } };
export const target: Target = { site, account, administrators: [administrator] };
export const recovery: Target = { ...target, site: siteOf(site.deployment, 'recovery', site.settings, []) };
export const elsewhere = (environment: 'staging'): Target => ({
  ...target,
  site: { ...site, settings: { ...site.settings, environment } },
});
export const names = namesOf(target);
export const iam = (rest: string): string => `arn:aws:iam::${account}:${rest}`;
export const document = (statements: unknown) => ({ Version: '2012-10-17', Statement: statements }) as Json;

export const archive = 'arn:aws:s3:::production-account-auditarchive-1a2b';
export const user = iam('user/mallory');

type Policies = Readonly<
  Record<string, { readonly AssumeRolePolicyDocument: Json; readonly Policies: readonly { PolicyDocument: Json }[] }>
>;
/** The roles of the template, by logical id. */
export const rolesOf = (of: Target): Policies =>
  Object.fromEntries(
    Object.entries(bootstrapTemplate(of).Resources).flatMap(([id, { Type, Properties }]) =>
      Type === 'AWS::IAM::Role' ? [[id, Properties as unknown as Policies[string]]] : [],
    ),
  );
