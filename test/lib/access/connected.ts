// A whole deployment of production with and without `access.instanceConnect`, with the files that it uploads.
import { buildDeployment } from '../../../lib/deployment';
import { Assembly, type DeploymentFacts, type Template } from '../../../lib/tom/template/assembly';
import { readAssets } from '../../../lib/tom/template/assets';
import { factsOf } from '../../../lib/tom/template/read-assembly';
import { readStacks } from '../../../tools/synthesis/assembly';
import { account, appWithFlags, siteFor } from '../stacks/account-stack';

const outside = {
  managementNetworks: [{ name: 'manager', cidr: '192.168.40.0/24' }],
  managementGateway: { home: '8.8.4.4', recovery: '8.8.4.5' },
  officeAddresses: ['192.0.2.0/24'],
  vpnCertificate: { home: '11111111-2222-4333-8444-000000000001', recovery: '11111111-2222-4333-8444-000000000002' },
  auditor: { account: '444455556666', externalId: 'example-audit-2026' },
  deployer: { repository: 'example/rempart' },
};

export function deployed(access: Readonly<Record<string, unknown>>): Assembly {
  const site = siteFor({ settings: { access: { ...outside, ...access } } });
  const app = appWithFlags();
  buildDeployment(app, site);
  const stacks = readStacks(app.synth().directory).map(({ name, region, file, template }) => ({
    ...{ name, region, account, template: template as Template, assets: readAssets(file) },
  }));
  return new Assembly(factsOf(site), stacks);
}

/** The same templates in a deployment whose configuration has another value. */
export function judgedWith(assembly: Assembly, instanceConnect: boolean): Assembly {
  const { settings } = assembly.facts;
  const facts: DeploymentFacts = { ...assembly.facts, settings: { ...settings, access: { ...settings.access, instanceConnect } } };
  return new Assembly(facts, assembly.stacks);
}
