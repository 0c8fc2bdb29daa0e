// The mutation run changes every reviewed site, and variants in which each setting has another value.
import { join } from 'node:path';
import { loadSite } from '../../../../lib/config/load';
import type { Json } from '../../../../lib/tom/template/assembly';
import { valueAt } from '../../../../lib/tom/template/assembly';
import { mutatedSites } from '../../../../tools/develop/mutate/sites';
import { everySetting } from '../../../../tools/rehearse/alternatives';
import { projectRoot, reviewedSites, siteLabel } from '../../../../tools/synthesis/synthesize';

/** Settings with one value in all sites, and the reason. */
const alike: Readonly<Record<string, string>> = {
  'access.credentialExemptions': 'each ends within a year, and with it the configuration',
  'access.managementGateway.recoveryOff': 'outside production alone; it removes what another site without a gateway lacks too',
  'backup.retentionDays': 'one value is valid',
  'data.lakeHeld.home': 'a held lake does not meet its clauses, and mutants begin with sites that do',
  'data.lakeHeld.recovery': 'as at home',
  'data.generated.hitsPerSite': 'a number of the generated data',
  'data.generated.seed': 'a number of the generated data',
  'data.generated.sites': 'a number of the generated data',
  region: 'production is in one region; the recovery sites are in others',
};

const settingsOf = mutatedSites.map(
  ({ workingDirectory = projectRoot, ...site }) =>
    loadSite({ directory: join(workingDirectory, 'config'), ...site }).settings as unknown as Json,
);

test('every reviewed site is among them, and each variant at both sites', () => {
  expect(mutatedSites.map(siteLabel)).toEqual([
    ...reviewedSites.map(siteLabel),
    ...['full', 'full-recovery', 'imported', 'imported-recovery'],
  ]);
});

test('each setting has several values among them, or a reason to have one', () => {
  const single = everySetting.filter(
    (setting) => new Set(settingsOf.map((settings) => JSON.stringify(valueAt(settings, setting)))).size < 2,
  );
  expect(single.toSorted()).toEqual(Object.keys(alike).toSorted());
});
