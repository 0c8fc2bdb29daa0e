// The runbook and the alarms say the same: every alarm has its entry, every entry its alarm, and every command names
// what exists.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { loadSite } from '../../lib/config/load';
import { anchorOf, runbookPath } from '../../lib/config/runbook';
import { build } from '../../tools/rehearse/deployments';
import { projectRoot } from '../../tools/synthesis/synthesize';
import { synthesized } from '../synthesized/synthesized';
import { awsCommands, shellBlocks } from './commands';
import { fixedNames, type Made } from './fixed-names';
import { globalOptions, operations } from './operations';

const runbook = readFileSync(join(__dirname, '../..', runbookPath), 'utf8');
const [introduction = '', alarmsPart = '', byHand = '', failed = ''] = runbook.split(
  /^## (?:Alarms|By hand|A deployment that failed, or is made again)$/m,
);

interface Entry {
  readonly heading: string;
  readonly text: string;
}
const entriesIn = (part: string): readonly Entry[] =>
  part
    .split(/^### /m)
    .slice(1)
    .map((text) => ({ heading: text.split('\n', 1)[0] ?? '', text }));
const entries = entriesIn(alarmsPart);
const severityOf = ({ text }: Entry) => /^\*\*Severity:\*\* (page|ticket|none)$/m.exec(text)?.[1];

interface Alarm {
  readonly AlarmName: string;
  readonly AlarmDescription: string;
}
const reviewed = (
  [
    ['production', 'home'],
    ['production', 'recovery'],
    ['staging', 'home'],
    ['development', 'home'],
  ] as const
).map(([deployment, site]) => synthesized(deployment, site));
const alarmsOf = ({ stacks }: (typeof reviewed)[number]): readonly Alarm[] =>
  stacks.flatMap(({ template }) =>
    Object.values(template.Resources as Record<string, { Type: string; Properties: Alarm }>)
      .filter(({ Type }) => Type === 'AWS::CloudWatch::Alarm')
      .map(({ Properties }) => Properties),
  );

/** Production with sign-in by IAM Identity Center, which no reviewed deployment has. */
const withCenter = ((): readonly Made[] => {
  const site = loadSite({ directory: join(projectRoot, 'config'), deployment: 'production', site: 'home' });
  const access = { ...site.settings.access, signIn: 'identity-center' as const };
  return build({ ...site, settings: { ...site.settings, access } }).assembly.resources.map(({ json }) => json as unknown as Made);
})();
const centerAlarms = withCenter
  .filter(({ Type }) => Type === 'AWS::CloudWatch::Alarm')
  .map(({ Properties }) => Properties as unknown as Alarm);

const alarmsBySite = reviewed.map((one) => [one.folder.split('/').at(-1) ?? '', alarmsOf(one)] as const);
const [, [, alarmsOfRecovery] = []] = alarmsBySite;

describe.each([...alarmsBySite, ['production with IAM Identity Center', centerAlarms] as const])('the alarms of %s', (_, alarms) => {
  test('each links to the entry of its name, which has its severity', () => {
    expect(alarms.length).toBeGreaterThan(20);
    for (const { AlarmName, AlarmDescription } of alarms) {
      const [, severity, anchor] = / Severity: (\w+)\. Runbook: docs\/runbook\.md#(\S+)$/.exec(AlarmDescription) ?? [];
      const entry = entries.find(({ heading }) => anchorOf(heading) === anchor);
      expect([AlarmName, AlarmName.split('-').at(-1), severity]).toEqual([AlarmName, entry?.heading, entry && severityOf(entry)]);
    }
  });

  test('every entry has one of them, those of the VPN, of IAM Identity Center, of copies and of the replica where there are some', () => {
    const names = alarms.map(({ AlarmName }) => AlarmName.split('-').at(-1) ?? '');
    const isOfVpn = (name: string): boolean => /^(?:Tunnel|Vpn)/.test(name);
    const hasVpn = names.some(isOfVpn);
    const isOfCenter = (name: string): boolean => name.startsWith('PermissionSets');
    const hasCenter = names.some(isOfCenter);
    const hasCopies = names.includes('BackupCopyOverdue');
    const ofCopies = ['ArchiveReplicationFailed', 'BackupCopyOverdue'];
    const headings = entries
      .map(({ heading }) => heading)
      .filter((heading) => (hasVpn || !isOfVpn(heading)) && (hasCenter || !isOfCenter(heading)))
      .filter((heading) => hasCopies || !ofCopies.includes(heading));
    expect(headings.sort()).toEqual(names.sort());
    expect(hasCenter).toBe(alarms === centerAlarms);
    // A recovered site copies to its home region when that answers.
    expect(hasCopies).toBe(alarms !== alarmsOfRecovery);
    expect(hasVpn).toBe(alarms.some(({ AlarmName }) => AlarmName.startsWith('production-')));
  });

  test('no two have one name', () => {
    expect(new Set(alarms.map(({ AlarmName }) => AlarmName)).size).toBe(alarms.length);
  });
});

test.each(entries.map((entry) => [entry.heading, entry] as const))(
  'the entry %s has every part, in order, with commands',
  (_, { text }) => {
    const parts = [...text.matchAll(/^\*\*([^*]+?)[.:]\*\*/gm)].map(([, part]) => part);
    expect(parts).toEqual(['Severity', 'Meaning', 'Look', 'Do', 'See that it worked']);
    const [, look = '', , worked = ''] = text.split(/^\*\*(?:Look|Do|See that it worked)\.\*\*/m);
    for (const part of [look, worked]) expect(shellBlocks(part).length).toBeGreaterThan(0);
  },
);

test('the gravest come first, and of these the refused hits', () => {
  const order = ['page', 'ticket', 'none'];
  const severities = entries.map((entry) => order.indexOf(severityOf(entry) ?? ''));
  expect(severities).toEqual(severities.toSorted((a, b) => a - b));
  expect(entries[0]?.heading).toBe('HitsRefused');
});

test('what an entry refers to is a heading', () => {
  const headings = [...entries, ...entriesIn(byHand), ...entriesIn(failed)].map(({ heading }) => heading);
  const referred = [...runbook.matchAll(/(?:see|See|go to|as under|as in|and) `([A-Z][A-Za-z ]+)`/g)].map(([, heading]) => heading);
  expect(referred.length).toBeGreaterThan(15);
  expect(headings).toEqual(expect.arrayContaining([...new Set(referred)]));
});

describe('the commands', () => {
  const blocks = shellBlocks(runbook);
  const { resolve, names, prefixes, byOption } = fixedNames(synthesized('production'), withCenter);
  const commands = blocks.flatMap((block) => awsCommands(resolve(block)));

  test('are many, and stand in every part', () => {
    expect(commands.length).toBeGreaterThan(80);
    for (const part of [introduction, alarmsPart, byHand, failed]) expect(shellBlocks(part).length).toBeGreaterThan(0);
  });

  test('have no placeholder but deployment, account and region, which the commands say', () => {
    const placeholders = blocks.flatMap((block) => [...block.matchAll(/<([a-z][a-z-]*)>/g)].map(([, name]) => name));
    expect([...new Set(placeholders)].sort()).toEqual(['account', 'deployment', 'region']);
  });

  test('name no function, alarm, log group, bucket, stack or fleet that the templates do not have', () => {
    const named = blocks.flatMap((block) =>
      [...block.matchAll(/[\w/-]*<deployment>(?:[\w/-]|<account>|<region>)*/g)].map(([name]) => resolve(name)),
    );
    const known = (name: string) => names.has(name) || prefixes.includes(name);
    expect(
      named.filter(
        (name) =>
          !known(
            name
              .replace(/\/(?:pseudonymous\/access|hits|hits-errors|set-aside|aws\/lambda|from-archive|certificates)?\/?$/, '')
              .replace(/^\/\//, ''),
          ),
      ),
    ).toEqual([]);
  });

  test('name by each option what it takes', () => {
    const wrong = commands.flatMap(({ operation, options }) =>
      [...options].flatMap(([option, values]) =>
        values.filter((value) => byOption[option]?.(value) === false).map((value) => `${operation} --${option} ${value}`),
      ),
    );
    expect(wrong).toEqual([]);
  });

  test('are of operations and options that the AWS CLI has', () => {
    const unknown = commands.flatMap(({ operation, options }) => {
      const allowed = operations[operation];
      if (!allowed) return [operation];
      return [...options.keys()]
        .filter((option) => ![...globalOptions, ...allowed].includes(option))
        .map((option) => `${operation} --${option}`);
    });
    expect(unknown).toEqual([]);
    const used = new Set(commands.map(({ operation }) => operation));
    expect(Object.keys(operations).filter((operation) => !used.has(operation))).toEqual([]);
  });

  test('use no profile', () => {
    expect(runbook).not.toContain('--profile');
  });
});
