// A fleet whose servers boot from the files of the repository, some of them changed, and the alarms on what they
// publish.
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { settingsSchema } from '../../../../../lib/config/settings/settings';
import type { Rule } from '../../../../../lib/tom/rule';
import { Assembly, type DeploymentFacts, type JsonObject } from '../../../../../lib/tom/template/assembly';
import { answers, facts, join as joined, type Resources, ref, resource, stack } from '../example';
import { withServer } from './example-fleet';

const host = join(__dirname, '../../../../../services/collector/host');
const connect = join(__dirname, '../../../../../services/collector/instance-connect');
const folder = mkdtempSync(join(tmpdir(), 'rempart-host-rules-'));
process.on('exit', () => rmSync(folder, { recursive: true, force: true }));

const files = [
  'boot.sh',
  'packages.sh',
  'packages.list',
  'packages.service',
  'packages.timer',
  'patches.sh',
  'patches.service',
  'patches.timer',
  'audit.rules',
];

const agent = (path: string) => ({ logs: { logs_collected: { files: { collect_list: [{ file_path: path, log_group_name: 'GROUP' }] } } } });

const alarmOn = (MetricName: string, Period: number): JsonObject => ({
  MetricName,
  Period,
  Namespace: 'Rempart/production',
  Statistic: 'Maximum',
  EvaluationPeriods: 1,
  Threshold: 1,
  ComparisonOperator: 'GreaterThanOrEqualToThreshold',
  Dimensions: [{ Name: 'AutoScalingGroupName', Value: ref('Fleet') }],
  AlarmActions: [ref('Topic')],
});

const connectFiles = ['instance-connect.sh', 'instance-connect.service', 'sshd.conf'];

/** The text of a file of the repository; with EC2 Instance Connect the list has further packages. */
function textOf(name: string, isConnected: boolean): string {
  if (connectFiles.includes(name)) return readFileSync(join(connect, name), 'utf8');
  const text = readFileSync(join(host, name), 'utf8');
  return isConnected && name === 'packages.list' ? `${text}${readFileSync(join(connect, name), 'utf8')}` : text;
}

/** The facts of a configuration with `access.instanceConnect`. */
const withConnect: DeploymentFacts = {
  ...facts,
  settings: settingsSchema.parse({
    ...{ environment: 'production', owner: 'platform-team' },
    access: { instanceConnect: true, officeAddresses: ['192.0.2.0/24'] },
  }),
};

export interface Host {
  /** Whether the configuration asks for EC2 Instance Connect. @default - it does not */
  readonly configured?: boolean;
  /** Whether the server has the files of it. @default - as configured */
  readonly connect?: boolean;
  /** Settings of logind. @default - those of the configuration */
  readonly limits?: string;
  /** Changes of files: of their text, or `undefined` for a file that is not fetched. */
  readonly files?: Readonly<Record<string, ((text: string) => string) | undefined>>;
  /** The file that the log agent sends, and where. */
  readonly sent?: string;
  readonly group?: unknown;
  /** Changes of both alarms. */
  readonly alarms?: JsonObject;
}

let count = 0;

/** Findings of a rule about the fleet. */
export function aboutHost(rule: Rule, host: Host = {}): unknown {
  return answers(rule, assemblyWith(host)).Fleet;
}

function assemblyWith({
  files: changes = {},
  sent = '/var/log/audit/audit.log',
  group = ref('Log'),
  alarms = {},
  ...host
}: Host): Assembly {
  const { configured = false, connect: isConnected = configured } = host;
  const { limits = '[Login]\nStopIdleSessionSec=900\nKillUserProcesses=yes' } = host;
  const assets = [...files, ...(isConnected ? connectFiles : [])]
    .filter((name) => !(name in changes) || changes[name] !== undefined)
    .map((name) => {
      const path = join(folder, `${count++}-${name}`);
      const text = textOf(name, isConnected);
      const changed = changes[name]?.(text) ?? text;
      if (changes[name] && changed === text) throw new Error(`${name}: expected a change of the text, got the same`);
      writeFileSync(path, changed);
      return { objectKey: `key-${name}`, bucket: 'assets', path, name };
    });
  const [before = '', after = ''] = JSON.stringify(agent(sent)).split('GROUP');
  const fetches = assets.map(({ objectKey, name }) => `fetch assets ${objectKey} ${'a'.repeat(64)} ${name}\n`).join('');
  const kept = isConnected ? `keep sessions.conf <<'SETTINGS'\n${limits}\nSETTINGS\n` : '';
  const userData = joined(
    `keep amazon-cloudwatch-agent.json <<'SETTINGS'\n${before}`,
    group as never,
    `${after}\nSETTINGS\n${kept}${fetches}`,
  );
  const resources: Resources = {
    ...withServer({ UserData: { 'Fn::Base64': userData } }),
    Log: resource('AWS::Logs::LogGroup'),
    Packages: resource('AWS::CloudWatch::Alarm', { ...alarmOn('PackagesDiffer', 3600), ...alarms }),
    Patches: resource('AWS::CloudWatch::Alarm', { ...alarmOn('PatchesMissing', 86_400), ...alarms }),
  };
  return new Assembly(configured ? withConnect : facts, [stack(resources, { assets })]);
}
