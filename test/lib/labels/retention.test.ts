// What is kept when a stack goes, by environment.
import { settingsSchema } from '../../../lib/config/settings/settings';
import { siteOf } from '../../../lib/config/site';
import { removalOfNamedLog } from '../../../lib/labels/retention';

test.each([
  ['production', 'retain-on-update-or-delete'],
  ['staging', 'destroy'],
  ['development', 'destroy'],
] as const)('a log group with a fixed name, in %s: %s', (environment, expected) => {
  for (const name of ['home', 'recovery'] as const) {
    const site = siteOf('example', name, settingsSchema.parse({ environment, owner: 'platform' }), []);
    expect(removalOfNamedLog(site)).toBe(expected);
  }
});
