// The model covers every resource type: by a line, or by a reason for having none.
import { costedTypes, estimate } from '../../../lib/cost/estimate';
import { freeReason, freeTypes } from '../../../lib/cost/free-types';
import { reviewedSites, siteLabel } from '../../../tools/synthesis/synthesize';
import { synthesized } from '../../synthesized/synthesized';
import { load, stackOf } from './load';

test.each(reviewedSites.map((site) => [siteLabel(site), site] as const))(
  '%s has no type without a line or a reason',
  (_, { deployment, site }) => {
    expect(estimate(synthesized(deployment, site).stacks, load(100)).usd).toBeGreaterThan(0);
  },
);

test('a type without both is an error that names it', () => {
  const stack = stackOf({
    Unknown: { Type: 'AWS::Redshift::Cluster' },
    Other: { Type: 'AWS::EMR::Cluster' },
    Known: { Type: 'AWS::EC2::VPC' },
  });
  expect(() => estimate([stack], load(0))).toThrow(
    'cost: expected a cost line or a reason for each resource type, got none for AWS::EMR::Cluster, AWS::Redshift::Cluster; ' +
      'add a line to lib/cost/lines, or a reason to lib/cost/free-types.ts',
  );
});

test('no type has both, and names of inherited properties are no types', () => {
  expect(freeTypes.filter((type) => costedTypes.includes(type))).toEqual([]);
  expect(freeReason('toString')).toBeUndefined();
  expect(() => estimate([stackOf({ Odd: { Type: 'constructor' } })], load(0))).toThrow('got none for constructor');
});

test('a custom resource is free, since its function has the cost', () => {
  expect(freeReason('Custom::FirstServers')).toMatch(/function/);
});
