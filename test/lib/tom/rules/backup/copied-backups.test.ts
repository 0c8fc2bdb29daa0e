import { copiedBackups } from '../../../../../lib/tom/rules/backup/copied-backups';
import type { Assembly, JsonObject } from '../../../../../lib/tom/template/assembly';
import { answers, facts, join, key } from '../example';
import { account, backups, copy, daily, plan, vault, withCopies } from './example-backups';

const verdict = (assembly: Assembly) => answers(copiedBackups, assembly).Plan;
const withActions = (...CopyActions: JsonObject[]) => withCopies({ ...backups, Plan: plan({ ...daily, CopyActions }) });
const destination = (region: string, name: string) => ({
  ...copy,
  DestinationBackupVaultArn: join(`arn:aws:backup:${region}:`, account, `:backup-vault:${name}`),
});

test('a copy in the vault of the other region complies', () => {
  expect(verdict(withCopies(backups))).toBe('compliant');
});

test.each<[string, Assembly, string[]]>([
  ['no copy', withActions(), ['copies']],
  ['a copy for a week', withActions({ ...copy, Lifecycle: { DeleteAfterDays: 7 } }), ['copy::0', 'copies']],
  ['a copy in the own region', withActions(destination('eu-west-3', 'production-copies')), ['copy::0', 'copies']],
  ['a copy in a vault that the deployment does not have', withActions(destination('eu-central-1', 'theirs')), ['copy::0', 'copies']],
  [
    'a copy in another account',
    withActions({ ...copy, DestinationBackupVaultArn: 'arn:aws:backup:eu-central-1:999999999999:backup-vault:production-copies' }),
    ['copy::0', 'copies'],
  ],
  ['a further copy elsewhere', withActions(copy, destination('eu-west-1', 'production-copies')), ['copy::0']],
  ['no vault in the other region', withCopies(backups, {}, key), ['copy::0', 'copies']],
  ['a vault of another name there', withCopies(backups, {}, { ...key, Copies: vault('others', 'eu-central-1') }), ['copy::0', 'copies']],
])('%s does not', (_, assembly, ids) => {
  expect(verdict(assembly)).toEqual(ids);
});

test('a recovered site has no copies until its home region answers', () => {
  const recovered = { site: 'recovery', region: 'eu-central-1' } as const;
  expect(verdict(withCopies(backups, recovered))).toEqual(['home-is-gone']);
  const answering = { ...facts.settings, backup: { ...facts.settings.backup, homeAnswers: true } };
  expect(verdict(withCopies(backups, { ...recovered, settings: answering }))).toEqual(['copy::0', 'copies']);
});
