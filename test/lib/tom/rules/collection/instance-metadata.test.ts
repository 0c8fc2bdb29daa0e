import { instanceMetadata } from '../../../../../lib/tom/rules/collection/instance-metadata';
import { answers, type Resources, resource } from '../example';
import { fleet, withServer } from './example-fleet';

const says = (resources: Resources, id = 'Server') => answers(instanceMetadata, resources)[id];

test('a required token and a hop limit of 1 comply', () => {
  expect(says(fleet)).toBe('compliant');
});

test.each<[string, object | undefined, string[]]>([
  ['nothing', undefined, ['HttpTokens', 'HttpPutResponseHopLimit']],
  ['that a token is optional', { HttpTokens: 'optional', HttpPutResponseHopLimit: 1 }, ['HttpTokens']],
  ['that two hops are allowed', { HttpTokens: 'required', HttpPutResponseHopLimit: 2 }, ['HttpPutResponseHopLimit']],
  ['nothing of hops', { HttpTokens: 'required' }, ['HttpPutResponseHopLimit']],
])('a server that says %s does not', (_, MetadataOptions, ids) => {
  expect(says(withServer({ MetadataOptions }))).toEqual(ids);
});

test.each(['AWS::EC2::Instance', 'AWS::AutoScaling::LaunchConfiguration'])('%s has the same requirement', (type) => {
  expect(says({ ...fleet, One: resource(type) }, 'One')).toEqual(['HttpTokens', 'HttpPutResponseHopLimit']);
  const MetadataOptions = { HttpTokens: 'required', HttpPutResponseHopLimit: 1 };
  expect(says({ ...fleet, One: resource(type, { MetadataOptions }) }, 'One')).toBe('compliant');
});
