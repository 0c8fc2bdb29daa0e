import { distinctHardware } from '../../../../../lib/tom/rules/collection/distinct-hardware';
import { answers, att, changed, type Resources } from '../example';
import { fleet, withServer } from './example-fleet';

const says = (resources: Resources) => answers(distinctHardware, resources).Server;
const GroupName = att('Racks', 'GroupName');
const dedicated = withServer({ Placement: { GroupName, Tenancy: 'dedicated' } });

test('servers in partitions comply, also on dedicated hardware', () => {
  expect(says(fleet)).toBe('compliant');
  expect(says(changed(fleet, 'Racks', { Strategy: 'spread', PartitionCount: undefined }))).toBe('compliant');
  expect(says(changed(dedicated, 'Racks', { PartitionCount: 2 }))).toBe('compliant');
});

test.each<[string, Resources, string[]]>([
  ['wherever there is room', withServer({ Placement: undefined }), ['placement']],
  ['in a group from elsewhere', withServer({ Placement: { GroupName: 'elsewhere' } }), ['placement']],
  ['close together', changed(fleet, 'Racks', { Strategy: 'cluster' }), ['spread']],
  ['in one partition', changed(fleet, 'Racks', { PartitionCount: 1 }), ['spread']],
  ['in more partitions than there are, so that none starts', changed(fleet, 'Racks', { PartitionCount: 8 }), ['spread']],
  ['in more partitions than dedicated instances may have', dedicated, ['spread']],
  ['on dedicated hosts, which no placement group takes', withServer({ Placement: { GroupName, Tenancy: 'host' } }), ['tenancy']],
])('servers %s do not', (_, resources, ids) => {
  expect(says(resources)).toEqual(ids);
});

test('a fleet has no placement group besides that of its launch template', () => {
  expect(answers(distinctHardware, fleet).Fleet).toBe('compliant');
  expect(answers(distinctHardware, changed(fleet, 'Fleet', { PlacementGroup: 'close' })).Fleet).toEqual(['place']);
});
