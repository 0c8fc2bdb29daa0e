// Reads the synthesized templates of the deployment into the form that rules look at.
import { readFileSync } from 'node:fs';
import type { IPolicyValidationContext } from 'aws-cdk-lib/core';
import type { Site } from '../../config/site';
import { Assembly, type DeploymentFacts, type Template } from './assembly';

/** What the configuration says that rules hold the templates against. */
export function factsOf(site: Site): DeploymentFacts {
  return {
    deployment: site.deployment,
    environment: site.settings.environment,
    site: site.name,
    region: site.region,
    homeRegion: site.settings.region,
    recoveryRegion: site.settings.recoveryRegion,
    otherDeployments: site.otherDeployments,
    namedAccounts: site.settings.account ? [site.settings.account] : [],
    namedIds: namedIds(site),
    cloudflare: site.settings.edge.cloudflare !== undefined,
  };
}

/** The hosted zone, and the certificate that people gave for this site, told by the last part of its ARN. */
function namedIds({ name, settings: { edge } }: Site): readonly string[] {
  const certificate = edge.certificate.arn[name]?.split('/').at(-1);
  return [edge.hostedZone?.id, certificate].filter((id) => id !== undefined);
}

/** Reads the templates that are being validated. A stack's name is its construct path, which is its id: stacks stand directly under the app. */
export function readAssembly(context: IPolicyValidationContext, facts: DeploymentFacts): Assembly {
  const stacks = context.stackTemplates.map(({ stackConstructPath, templatePath, accountId, region }) => ({
    name: stackConstructPath,
    region: region ?? 'unknown-region',
    account: accountId,
    template: JSON.parse(readFileSync(templatePath, 'utf8')) as Template,
  }));
  return new Assembly(facts, stacks);
}
