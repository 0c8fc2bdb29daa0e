// The lines of facts from outside.
import { settingsSchema } from '../../../lib/config/settings/settings';
import { siteOf } from '../../../lib/config/site';
import { factsCheck } from '../../../tools/preflight/facts';

const linesOf = (environment: string, access: object) =>
  factsCheck(siteOf('example', 'home', settingsSchema.parse({ environment, owner: 'platform-team', access }), [])).run();

test('production has a line for each missing fact and each example', async () => {
  const lines = await linesOf('production', { officeAddresses: ['192.0.2.0/24'] });
  expect(lines.map(({ check, verdict, found, command }) => [check, verdict, found, command])).toEqual([
    ['access.auditor', 'change', 'nothing', 'set access.auditor in config/example.yaml'],
    ['access.deployer', 'change', 'nothing', 'set access.deployer in config/example.yaml'],
    ['access.managementGateway', 'change', 'nothing', 'set access.managementGateway in config/example.yaml'],
    ['access.managementNetworks', 'change', 'nothing', 'set access.managementNetworks in config/example.yaml'],
    ['access.vpnCertificate', 'later', 'nothing', 'set access.vpnCertificate in config/example.yaml, and deploy again'],
    ['access.officeAddresses', 'change', 'a value of documentation', 'set access.officeAddresses in config/example.yaml'],
  ]);
});

test('other environments need none', async () => expect(await linesOf('staging', {})).toEqual([]));
