// Effects of changed settings: a sample on synthesized templates, and each way in which the comparison must object.
// npm run rehearse compares every setting.
import { effectsOfChanges } from '../../../lib/config/settings/effects';
import { alternativesOf, everySetting } from '../../../tools/rehearse/alternatives';
import { type MeasuredEffect, rehearseUpdates, rowOf } from '../../../tools/rehearse/updates';

test('every setting has a stated effect, in the order of the schema', () => {
  expect(Object.keys(effectsOfChanges)).toEqual(everySetting);
});

test('every setting has another valid value, but the one that is fixed', () => {
  expect(everySetting.filter((setting) => alternativesOf(setting).length === 0)).toEqual(['backup.retentionDays']);
}, 120_000);

test('a sample has the stated effects', () => {
  const sample = [
    'network.vpcCidr',
    'collection.disks.count',
    'access.timeouts.shellIdleMinutes',
    'access.managementGateway.recovery',
    'backup.retentionDays',
  ];
  expect(rehearseUpdates(sample).filter(({ outcome }) => outcome !== 'ok')).toEqual([]);
}, 240_000);

const measured: MeasuredEffect = {
  ...{ setting: 'data.readers', kind: 'replacement', replaces: ['data/DatabaseCluster'], data: ['data/DatabaseCluster'], stays: [] },
  ...{ touched: 3, details: ['data/DatabaseCluster (AWS::RDS::DBCluster) is replaced; the old one is deleted'] },
};
const statement = 'Changing it replaces the database.';
const stated = { kind: 'replacement', replaces: ['data/DatabaseCluster'], data: ['data/DatabaseCluster'], statement } as const;

test('an effect with its statement is accepted, in the description of the setting or of its group', () => {
  expect(rowOf(measured, stated, [`Readers. ${statement}`]).outcome).toBe('ok');
  expect(rowOf(measured, stated, ['Readers.', `The database. ${statement}`]).outcome).toBe('ok');
});

test.each([
  ['a setting without a stated effect', measured, undefined, 'data at risk', 'expected a stated effect, got none for replacement'],
  [
    'an update that is a replacement',
    measured,
    { kind: 'update' },
    'data at risk',
    'expected update, got replacement; replaces: expected none, got',
  ],
  [
    'another replaced resource',
    { ...measured, replaces: ['data/Hits'] },
    stated,
    'data at risk',
    'replaces: expected data/DatabaseCluster, got data/Hits',
  ],
  ['data that is not stated', measured, { ...stated, data: [] }, 'data at risk', 'data: expected none, got data/DatabaseCluster'],
  ['what stays behind', { ...measured, stays: ['data/Log'] }, stated, 'data at risk', 'stays: expected none, got data/Log'],
  ['a change that is refused', { ...measured, kind: 'refused', data: [] }, stated, 'refused', 'expected replacement, got refused'],
  [
    'an effect without its statement',
    measured,
    { ...stated, statement: 'It goes.' },
    'unstated',
    'expected the description to state "It goes."',
  ],
  [
    'an effect without a sentence',
    measured,
    { ...stated, statement: undefined },
    'unstated',
    'expected the description to state "replacement"',
  ],
  [
    'a replacement that is stated and is none',
    { ...measured, kind: 'update', replaces: [], data: [] },
    { kind: 'update' },
    'unstated',
    'expected a description without a replacement',
  ],
] as const)('%s', (_, effect, of, outcome, detail) => {
  const row = rowOf(effect as MeasuredEffect, of as never, [`Readers. ${statement}`]);
  expect(row).toMatchObject({ outcome, detail: expect.stringContaining(detail), fix: expect.any(String) });
});
