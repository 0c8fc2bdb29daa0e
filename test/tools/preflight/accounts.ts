// The two accounts that the checks of live facts meet: one before the first deployment, and one a day after it.
import { resourcesOf } from '../../../tools/preflight/templates';
import type { SynthesizedStack } from '../../../tools/synthesis/assembly';
import { synthesized } from '../../synthesized/synthesized';
import { account, answersAfter, answersBefore, keyIds, playedAfter } from './deployed-account';
import { site } from './production-site';
import type { Answers, Played } from './stand-in';

export const { region } = site;
const pseudo = { 'AWS::AccountId': account, 'AWS::Partition': 'aws', 'AWS::Region': region, 'AWS::URLSuffix': 'amazonaws.com' };

/** Settings that the reviewed deployment leaves out: a warm pool, and a host name with its zone. */
const extra: SynthesizedStack = {
  ...{ name: 'production-extra', region, file: '' },
  template: {
    Resources: {
      Group: { Type: 'AWS::AutoScaling::AutoScalingGroup', Properties: {} },
      Pool: { Type: 'AWS::AutoScaling::WarmPool', Properties: { AutoScalingGroupName: { Ref: 'Group' }, MinSize: 2 } },
      Issuers: {
        Type: 'AWS::Route53::RecordSet',
        Properties: {
          ...{ HostedZoneId: 'Z0123456789', Name: 'collect.example.com.', Type: 'CAA' },
          ResourceRecords: ['0 issue "letsencrypt.org"', '0 issuewild ";"'],
        },
      },
    },
  },
};
export const stacks = [...synthesized('production').stacks, extra];
export const [key = ''] = keyIds(resourcesOf(stacks), pseudo);

export const caa = (...values: readonly string[]): Answers => ({
  'GET records': () => ({
    ResourceRecordSets: {
      ResourceRecordSet: values.length === 0 ? [] : [record('collect.example.com.', values), record('zzz.example.com.', ['0 issue ";"'])],
    },
  }),
});
export const record = (Name: string, values: readonly string[]) => ({
  ...{ Name, Type: 'CAA', TTL: 3600, ResourceRecords: { ResourceRecord: values.map((Value) => ({ Value })) } },
});
export const own = caa('0 issuewild ";"', '0 issue "letsencrypt.org"');

const common = {
  ...{ account, quotas: {}, blockPublicAccess: 'off', existing: [], parameters: {}, denied: [] },
} satisfies Partial<Played>;
export const before: Played = {
  ...common,
  ...{ stacks: { CDKToolkit: { status: 'UPDATE_COMPLETE', bootstrap: '30' } }, buckets: {} },
  answers: { ...answersBefore(site), ...caa() },
};
export const after: Played = {
  ...common,
  ...playedAfter(stacks, pseudo),
  metrics: { DatabaseConnectionsCurrentlySessionPinned: 0, ClientConnectionsSetupSucceeded: 12, ClientConnectionsSetupFailedAuth: 0 },
  answers: { ...answersAfter(site, stacks, pseudo), ...own },
};
