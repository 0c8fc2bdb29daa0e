// The lifecycle hooks of a server. The metadata service, the AWS CLI and systemd are stubs that read files of the
// machine.
import { join } from 'node:path';
import { hostFolder, Machine, metadata, type Run } from './machine';

const script = join(hostFolder, 'lifecycle.sh');
let machine: Machine;

beforeEach(() => {
  machine = new Machine({
    curl: metadata,
    aws: 'if [[ -e "$root/refusal" ]]; then cat "$root/refusal"; exit 254; fi',
    mountpoint: '[[ -e "$root/mounted" ]]',
    // The collector leaves something behind as often as `leftovers` has lines.
    systemctl: `
if [[ $1 == stop && -s "$root/leftovers" ]]; then sed -i 1d "$root/leftovers"; echo 3 >"$root/status"; elif [[ $1 == stop ]]; then echo 0 >"$root/status"; fi
if [[ $1 == stop && ! -e "$root/unstoppable" ]]; then echo inactive >"$root/active"; elif [[ $1 == start ]]; then echo active >"$root/active"; fi
if [[ $1 == show ]]; then echo "ActiveState=$(cat "$root/active")"; echo "ExecMainStartTimestampMonotonic=$(cat "$root/began")"; echo "ExecMainStatus=$(cat "$root/status")"; fi`,
  });
  machine.write('metadata/instance-id', 'i-0a1b');
  machine.write('mounted', '');
  machine.write('began', '42');
  machine.write('status', '0');
  machine.write('active', 'active');
});
afterEach(() => machine.remove());

const target = (state: string) => machine.write('metadata/target-lifecycle-state', state);
const turns = (count: number) => machine.run(script, { LIFECYCLE_TURNS: String(count), HOOK_PATIENCE_SECONDS: '0' });
const actions = ({ calls }: Run) => calls.filter((call) => call.startsWith('aws ')).map((call) => call.replace('aws autoscaling ', ''));
const named = '--auto-scaling-group-name example-collectors --lifecycle-hook-name';
const complete = (hook: string, result: string) =>
  `complete-lifecycle-action ${named} ${hook} --instance-id i-0a1b --lifecycle-action-result ${result}`;
const heartbeat = `record-lifecycle-action-heartbeat ${named} drained --instance-id i-0a1b`;

describe('a server that starts', () => {
  test('is ready when its collector is healthy, and completes the hook once', () => {
    target('InService');
    machine.write('healthy', '');
    const run = turns(3);
    expect(run.status).toBe(0);
    expect(actions(run)).toEqual([complete('ready', 'CONTINUE')]);
    expect(machine.has('var/lib/rempart/took-hits')).toBe(true);
  });

  test('records on its disk that it may receive hits before it completes the hook, once', () => {
    target('InService');
    machine.write('healthy', '');
    machine.stub('sync', '[[ -e "$root/var/lib/rempart/took-hits" ]] && touch "$root/synced"');
    machine.stub('aws', '[[ -e "$root/synced" ]] && exit; echo "Could not connect to the endpoint URL" >&2; exit 254');
    const run = turns(3);
    expect(actions(run)).toHaveLength(1);
    expect(run.calls.filter((call) => call.startsWith('sync'))).toEqual(['sync --file-system /var/lib/rempart/took-hits']);
  });

  test('is not ready before', () => {
    target('InService');
    expect(actions(turns(3))).toEqual([]);
    expect(machine.has('var/lib/rempart/took-hits')).toBe(false);
  });

  test('retries a call that failed', () => {
    target('InService');
    machine.write('healthy', '');
    machine.write('refusal', 'Could not connect to the endpoint URL');
    expect(actions(turns(2))).toHaveLength(2);
  });

  test('regards the hook as completed where it no longer exists, as after a reboot', () => {
    target('InService');
    machine.write('healthy', '');
    machine.write('refusal', 'An error occurred (ValidationError): No active Lifecycle Action found with instance ID i-0a1b');
    expect(actions(turns(2))).toHaveLength(1);
  });

  test('retries where it is ready before the hook begins, as a server of the warm pool may be', () => {
    target('InService');
    machine.write('healthy', '');
    machine.stub(
      'aws',
      'if (($(grep -c ^aws "$root/.calls") < 3)); then echo "No active Lifecycle Action found with instance ID i-0a1b" >&2; exit 254; fi',
    );
    expect(actions(machine.run(script, { LIFECYCLE_TURNS: '5', HOOK_PATIENCE_SECONDS: '60' }))).toHaveLength(3);
  });

  test('is ready for the warm pool, and has taken no hits there', () => {
    target('Warmed:Stopped');
    machine.write('healthy', '');
    expect(actions(turns(2))).toEqual([complete('ready', 'CONTINUE')]);
    expect(machine.has('var/lib/rempart/took-hits')).toBe(false);
  });

  test('does nothing outside a fleet, or where the metadata service is away', () => {
    machine.write('healthy', '');
    expect(actions(turns(2))).toEqual([]);
    machine.stub('curl', 'exit 28');
    expect(turns(2)).toMatchObject({ status: 0, calls: expect.not.arrayContaining([expect.stringMatching(/^aws/)]) });
  });
});

describe('a server that leaves', () => {
  beforeEach(() => {
    target('Terminated');
    machine.write('var/lib/rempart/took-hits', '');
  });

  test('stops its collector, and confirms draining when no hit is left', () => {
    const run = turns(5);
    expect(run.status).toBe(0);
    expect(actions(run)).toEqual([heartbeat, complete('drained', 'CONTINUE')]);
    expect(run.calls.filter((call) => call.startsWith('systemctl s')).map((call) => call.split(' ')[1])).toEqual(['stop', 'show']);
  });

  test('retries while hits are left, and reports that it still drains', () => {
    machine.write('leftovers', '\n\n');
    const run = turns(5);
    expect(actions(run)).toEqual([heartbeat, heartbeat, heartbeat, complete('drained', 'CONTINUE')]);
    expect(run.calls.filter((call) => call.startsWith('systemctl start'))).toHaveLength(2);
    // Longer than firstSitesMilliseconds of services/collector/program.ts, before which it takes no signal.
    expect(run.calls.filter((call) => call.startsWith('sleep'))).toEqual(['sleep 30', 'sleep 30']);
  });

  test.each<[string, () => void]>([
    ['something is left to the end', () => machine.write('leftovers', '\n'.repeat(50))],
    ['the spool is not mounted', () => machine.stub('mountpoint', 'exit 1')],
    ['the collector does not stop', () => machine.write('unstoppable', '')],
    ['the collector never ran since the boot', () => machine.write('began', '0')],
  ])('is kept where %s, and people are told', (_, breaks) => {
    breaks();
    machine.write('etc/rempart/collector.env', 'STREAM_NAME=hits\nMETRICS_NAMESPACE=Rempart/example\nMETRICS_GROUP=example-collectors\n');
    machine.write('etc/rempart/host.env', machine.read('etc/rempart/host.env').replace('3600', '0'));
    const run = turns(5);
    expect(actions(run)).toEqual([
      heartbeat,
      'aws cloudwatch put-metric-data --namespace Rempart/example --metric-data ' +
        'MetricName=HitsLeft,Value=1,Unit=Count,Dimensions=[{Name=AutoScalingGroupName,Value=example-collectors}]',
      complete('drained', 'ABANDON'),
    ]);
    expect(run.output).toContain('the server is kept');
    // It sends on, and its spool no longer makes the fleet grow.
    expect(machine.read('etc/rempart/collector.env')).toBe('STREAM_NAME=hits\nMETRICS_GROUP=example-collectors\n');
  });

  test('takes requests until the load balancer has let it go, which is when the hook begins', () => {
    machine.stub(
      'aws',
      'if (($(grep -c ^aws "$root/.calls") < 3)); then echo "No active Lifecycle Action found with instance ID i-0a1b" >&2; exit 254; fi',
    );
    const run = machine.run(script, { LIFECYCLE_TURNS: '5', HOOK_PATIENCE_SECONDS: '60' });
    expect(actions(run)).toEqual([heartbeat, heartbeat, heartbeat, complete('drained', 'CONTINUE')]);
    const steps = run.calls.filter((call) => /^(aws|systemctl s)/.test(call)).map((call) => call.split(' ').slice(0, 2).join(' '));
    expect(steps).toEqual(['aws autoscaling', 'aws autoscaling', 'aws autoscaling', 'systemctl stop', 'systemctl show', 'aws autoscaling']);
  });

  test.each([
    ['is drained', ''],
    ['never took a hit', 'var/lib/rempart/took-hits'],
  ])('answers again where it %s before the hook begins, or it would be kept', (_, never) => {
    if (never !== '') machine.remove(never);
    machine.write('refusal', 'An error occurred (ValidationError): No active Lifecycle Action found with instance ID i-0a1b');
    expect(actions(turns(3)).filter((action) => action === complete('drained', 'CONTINUE'))).toHaveLength(3);
  });

  test('goes at once where it never took a hit, as after a boot that failed', () => {
    machine = new Machine({ curl: metadata, aws: '', systemctl: '', mountpoint: 'exit 1' });
    machine.write('metadata/instance-id', 'i-0a1b');
    target('Terminated');
    const run = turns(3);
    expect(actions(run)).toEqual([complete('drained', 'CONTINUE')]);
    expect(run.calls.join()).not.toContain('systemctl');
  });

  test('retries a call that failed', () => {
    machine.write('refusal', 'Could not connect to the endpoint URL');
    const run = turns(2);
    expect(actions(run).filter((action) => action.startsWith('complete'))).toHaveLength(2);
  });
});
