// Values of calls that the configuration or another resource decides.
import { provableName } from '../../config/checks/certificate-checks';
import type { Assembly, DeploymentFacts, Json } from '../template/assembly';
import { canonical } from '../template/canonical';
import { copyRegionOf } from '../template/copies';
import { serverTemplateType } from '../template/resource-types';
import type { Grants } from './permissions';

/** A line that fetches a file from the bucket of the CDK bootstrap: bucket, key, checksum and name. */
const fetchLine = /^fetch (cdk-[a-z0-9]+-assets-\$\{AWS::AccountId\}-[a-z0-9-]+) ([0-9a-f]{64}\.[a-z]+) [0-9a-f]{64} \S+$/gm;

/**
 * ARNs of the files that servers fetch, from the user data. The declaration of the launch template judges the user
 * data itself.
 */
export function bootObjects(assembly: Assembly): readonly string[] {
  return assembly.ofType(serverTemplateType).flatMap((template) => {
    const text = userDataOf(canonical(template.properties, template.stack, assembly));
    return [...text.matchAll(fetchLine)].map(([, bucket, key]) => `arn:aws:s3:::${bucket}/${key}`);
  });
}

function userDataOf(properties: Json): string {
  const path = ['LaunchTemplateData', 'UserData', 'Fn::Base64'];
  const text = path.reduce<Json | undefined>(
    (value, key) => (typeof value === 'object' ? (value as Record<string, Json>)[key] : undefined),
    properties,
  );
  return typeof text === 'string' ? text : '';
}

/**
 * The regions that functions of the site read: the home site has backups in the recovery region. (TOM-7.3, TOM-7.4)
 */
export const siteRegions = ({ site, region, recoveryRegion }: DeploymentFacts): readonly string[] =>
  site === 'home' ? [region, recoveryRegion] : [region];

/** Calls with the vault of the copies, where there is one. (DSS-5.4.2) */
export function copyGrants(facts: DeploymentFacts): Omit<Grants, 'calls'> & Required<Pick<Grants, 'values'>> {
  const copyRegion = copyRegionOf(facts);
  return copyRegion === undefined ? { values: {} } : { mode: 'copies', values: { copyRegion } };
}

/** Source of the certificate by the configuration, with the values that its calls name. (DSS-5.3.2) */
export function certificateGrants({ settings, site }: DeploymentFacts): Required<Omit<Grants, 'calls'>> {
  const { certificate, hostedZone } = settings.edge;
  const given = certificate.arn[site];
  if (given !== undefined) return { mode: 'given', values: { certificate: canonicalArn(given, settings.account) } };
  if (certificate.issue === undefined) return { mode: 'self-signed', values: {} };
  return { mode: 'issued', values: { domain: provableName(settings.edge) ?? '', hostedZone: hostedZone?.id ?? '' } };
}

/** The configured account is the pseudo parameter in canonical values. */
const canonicalArn = (arn: string, account: string | undefined): string =>
  account === undefined ? arn : arn.replaceAll(account, '${AWS::AccountId}');
