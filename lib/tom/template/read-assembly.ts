// Reads the synthesized templates of the deployment into the template model.
import { readFileSync } from 'node:fs';
import type { IPolicyValidationContext } from 'aws-cdk-lib/core';
import type { Site } from '../../config/site';
import { Assembly, type DeploymentFacts, type Template } from './assembly';
import { readAssets } from './assets';

/** Values of the configuration that rules compare with the templates. */
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
    settings: site.settings,
  };
}

/** Ids of the configured hosted zone and certificates of this site; of a certificate, the last part of its ARN. */
function namedIds({ name, settings: { access, edge } }: Site): readonly string[] {
  const certificate = edge.certificate.arn[name]?.split('/').at(-1);
  return [edge.hostedZone?.id, certificate, access.vpnCertificate[name]].filter((id) => id !== undefined);
}

/**
 * Reads the templates under validation. The construct path of a stack is its id, because stacks are direct children of
 * the app.
 */
export function readAssembly(context: IPolicyValidationContext, facts: DeploymentFacts): Assembly {
  const stacks = context.stackTemplates.map(({ stackConstructPath, templatePath, accountId, region }) => ({
    name: stackConstructPath,
    region: region ?? 'unknown-region',
    account: accountId,
    template: JSON.parse(readFileSync(templatePath, 'utf8')) as Template,
    assets: readAssets(templatePath),
  }));
  return new Assembly(facts, stacks);
}
