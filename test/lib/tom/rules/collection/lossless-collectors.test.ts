import { losslessCollectors } from '../../../../../lib/tom/rules/collection/lossless-collectors';
import type { Json } from '../../../../../lib/tom/template/assembly';
import { answers, changed, type Resources, without } from '../example';
import { fleet, hook, mixed, withBoot, withServer } from './example-fleet';

const launching = 'autoscaling:EC2_INSTANCE_LAUNCHING';
const terminating = 'autoscaling:EC2_INSTANCE_TERMINATING';
const verdict = (resources: Resources, id = 'Fleet') => answers(losslessCollectors, resources)[id];
const hooked = (...list: Json[]) => changed(fleet, 'Fleet', { LifecycleHookSpecificationList: list });
const ready = hook('ready', launching);
const drained = hook('drained', terminating);

test('collectors that are ready when they start and drained when they end comply', () => {
  expect(verdict(fleet)).toBe('compliant');
});

test('other fleets are not its concern', () => {
  expect(verdict(changed(fleet, 'Fleet', { Tags: [{ Key: 'rempart:role', Value: 'portal' }] }))).toBe('not-applicable');
});

test.each<[string, Resources, string[]]>([
  ['no hooks', hooked(), [`hook::${launching}`, `hook::${terminating}`]],
  ['nothing that waits until they are ready', hooked(drained), [`hook::${launching}`]],
  ['nothing that waits until they are drained', hooked(ready), [`hook::${terminating}`]],
  ['an end that does not wait', hooked(ready, hook('drained', terminating, { DefaultResult: 'CONTINUE' })), [`hook::${terminating}`]],
  ['an end that waits for seconds', hooked(ready, hook('drained', terminating, { HeartbeatTimeout: 30 })), [`hook::${terminating}`]],
  ['a hook that no server answers', hooked(ready, hook('other', terminating)), [`hook::${terminating}`]],
  ['an end whatever happens', changed(fleet, 'Fleet', { InstanceLifecyclePolicy: undefined }), ['kept']],
  ['an older version of their template', changed(fleet, 'Fleet', { MixedInstancesPolicy: mixed({ Version: '1' }) }), ['version']],
  [
    'an end at two minutes notice for one of a hundred',
    changed(fleet, 'Fleet', { MixedInstancesPolicy: { ...mixed(), InstancesDistribution: { OnDemandPercentageAboveBaseCapacity: 99 } } }),
    ['spot'],
  ],
  ['no alarm on hits left', without(fleet, 'Left'), ['alarm']],
  ['an alarm that notifies a topic outside the deployment', changed(fleet, 'Left', { AlarmActions: ['arn'] }), ['alarm']],
  ['an end at two minutes notice', withServer({ InstanceMarketOptions: { MarketType: 'spot' } }), ['spot']],
  ['answers before anything is kept', withBoot('DURABLE=on', 'DURABLE=off'), ['setting::DURABLE']],
  ['two values of a setting', withBoot('DURABLE=on', 'DURABLE=on\\nDURABLE=off'), ['setting::DURABLE']],
  ['a second value with a space before it', withBoot('DURABLE=on', 'DURABLE=on\\n DURABLE=false'), ['setting::DURABLE']],
  ['a second value that is exported', withBoot('DURABLE=on', 'DURABLE=on\\nexport DURABLE=off'), ['setting::DURABLE']],
  ['text before a reference', withBoot('STREAM_NAME=', 'STREAM_NAME=x'), ['setting::STREAM_NAME']],
  ['text after a reference', withBoot('/sites.json', '/../sites.json'), ['setting::SITES_SOURCE']],
  ['keys of another deployment', withBoot('secretsmanager:production', 'secretsmanager:staging'), ['setting::KEYS_SOURCE']],
  [
    'a second name of a hook',
    withBoot('LAUNCH_HOOK=ready', 'LAUNCH_HOOK=ready\\nLAUNCH_HOOK=other'),
    ['hook::autoscaling:EC2_INSTANCE_LAUNCHING'],
  ],
  [
    'a program that is fetched a second time',
    withBoot('DURABLE=on', `DURABLE=on\\nfetch b k ${'b'.repeat(64)} collector.cjs`),
    ['program::collector.cjs'],
  ],
  ['a missing setting', withBoot('DURABLE=on', 'X=on'), ['setting::DURABLE']],
  ['a spool outside the mirror', withBoot('/var/spool/collector', '/tmp'), ['setting::SPOOL_FOLDER']],
  ['a stream from elsewhere', withBoot('{"Ref":"Stream"}', '"theirs"'), ['setting::STREAM_NAME']],
  ['sites from elsewhere', withBoot('{"Ref":"Settings"}', '"theirs"'), ['setting::SITES_SOURCE']],
  ['keys in a file', withBoot('secretsmanager:', 'file:'), ['setting::KEYS_SOURCE']],
  ['an address that visitors make up', withBoot('x-forwarded-for', 'cf-connecting-ip'), ['setting::CLIENT_ADDRESS']],
  ['a program that is not checked', withBoot(`${'a'.repeat(64)} collector.cjs`, 'x collector.cjs'), ['program::collector.cjs']],
])('collectors with %s do not', (_, resources, ids) => {
  expect(verdict(resources)).toEqual(ids);
});

test('behind Cloudflare the address is from its header', () => {
  const told = withBoot('x-forwarded-for', 'cf-connecting-ip');
  expect(answers(losslessCollectors, told, { cloudflare: true }).Fleet).toBe('compliant');
  expect(answers(losslessCollectors, fleet, { cloudflare: true }).Fleet).toEqual(['setting::CLIENT_ADDRESS']);
});
