// The user data of the servers, held whole: its beginning is known by digest, each setting has one value, each fetched
// file is an uploaded one with the right checksum and content, and there is nothing else.
import { clientAddressSource } from '../template/client-address';
import { collectorPort, dataDevices, hookNames, spoolFolder } from '../template/server-contract';
import { sessionsFile } from '../template/server-ssh';
import { settingLines } from '../template/setting-lines';
import { unitSections } from '../template/unit-file';
import { uploadedFile } from '../template/uploaded-files';
import { userDataParts } from '../template/user-data';
import { by, type Context, type Form, type FormLike, formOf, textOf } from './form';
import { assetBucket } from './functions-code';
import { connectHostFiles, hostFiles } from './host-files';
import { fetchScript, scriptForm } from './host-scripts';
import { hasConnect } from './network-addresses';

/** Seconds in which a collector stops; collector.service waits longer. (TOM-6.9) */
const stopSeconds = '60';
/** Seconds for which a terminating server tries to empty its spool before it is retained. (TOM-6.9) */
const drainSeconds = '3600';

/** A share of the capacity of all mirrors, which is half of the disks. */
function spoolLimit({ facts }: Context): string {
  const { disks, spoolLimitPercent } = facts.settings.collection;
  return String(Math.floor(((disks.count / 2) * disks.gibibytes * 2 ** 30 * spoolLimitPercent) / 100));
}

const namespace = 'Rempart/<deployment>';
const group = '<deployment>-collectors';

/** Environment of the program (services/collector/env.ts): every variable that it has, with its only value. */
const collectorSettings: FormLike = {
  HOST: '0.0.0.0',
  PORT: String(collectorPort),
  SPOOL_FOLDER: spoolFolder,
  SPOOL_LIMIT_BYTES: by(spoolLimit),
  COMMIT_DELAY_MS: by(({ facts }) => String(facts.settings.collection.commitDelayMilliseconds)),
  // A response follows the write to disk. (TOM-5.1)
  DURABLE: 'on',
  STREAM_NAME: '${data/Hits}',
  AWS_REGION: '<region>',
  SITES_SOURCE: 's3://${data/Settings}/sites.json',
  KEYS_SOURCE: 'secretsmanager:<deployment>/sites',
  CLIENT_ADDRESS: by(({ facts }) => clientAddressSource(facts)),
  STOP_SECONDS: stopSeconds,
  METRICS_NAMESPACE: namespace,
  METRICS_GROUP: group,
};

/** Shell variables of the host scripts; the last line is the environment of the AWS CLI. */
const hostSettings: FormLike = {
  GROUP: group,
  LAUNCH_HOOK: hookNames.launch,
  TERMINATION_HOOK: hookNames.termination,
  NAMESPACE: namespace,
  DISKS: by(({ facts }) => `"${dataDevices.slice(0, facts.settings.collection.disks.count).join(' ')}"`),
  SPOOL_FOLDER: spoolFolder,
  HEALTH_URL: `http://127.0.0.1:${collectorPort}/health`,
  DRAIN_SECONDS: drainSeconds,
  'export AWS_REGION':
    '<region> AWS_DEFAULT_REGION=<region> AWS_RETRY_MODE=standard AWS_MAX_ATTEMPTS=5' +
    ' AWS_METADATA_SERVICE_NUM_ATTEMPTS=5 AWS_METADATA_SERVICE_TIMEOUT=2',
};

const collected = (path: string, stream: string) => ({
  file_path: path,
  log_group_name: '${collection/CollectorsLogGroup}',
  log_stream_name: `{instance_id}/${stream}`,
});

/** The agent sends the journal and the audit log to the log of the fleet, and nothing elsewhere. (TOM-3.6) */
const agentSettings = by(({ facts }) =>
  JSON.stringify(
    {
      agent: { region: facts.region },
      logs: {
        logs_collected: {
          files: {
            collect_list: [collected('/var/log/rempart/journal.log', 'journal'), collected('/var/log/audit/audit.log', 'audit')],
          },
        },
      },
    },
    undefined,
    2,
  ),
);

const settingsText = (settings: FormLike): Form => textOf(settings, 'lines NAME=value', settingLines);

/** A fetch of an uploaded file with the checksum of its content, which the form of the file judges. */
function fetchOf(content: Form): Form {
  // Checksums of contents without a deviation: the form depends on nothing else.
  const admitted = new Set<string>();
  return {
    deviations(place) {
      const { value, context } = place;
      const { bucket, key } = (value ?? {}) as Readonly<Record<string, string>>;
      const file = uploadedFile(context.resource.stack, context.facts, bucket ?? '', key ?? '');
      const found = formOf({
        bucket: assetBucket,
        key: file === undefined ? 'a key of a file that the deployment uploads' : (key as string),
        checksum: file?.checksum ?? 'the SHA-256 of the uploaded file',
      }).deviations({ ...place, leaf: undefined });
      if (found.length > 0 || file === undefined || admitted.has(file.checksum)) return found;
      const text = file.content.toString('utf8');
      const deviations = content.deviations({ ...place, value: text, path: `${place.path}.content`, leaf: undefined });
      if (deviations.length === 0) admitted.add(file.checksum);
      return deviations;
    },
  };
}

/** logind ends idle sessions of SSH after the time of shells, with all of their processes. (TOM-3.3) */
const sessionLimits: Form = textOf(
  {
    Login: {
      StopIdleSessionSec: [by(({ facts }) => String(facts.settings.access.timeouts.shellIdleMinutes * 60))],
      KillUserProcesses: ['yes'],
    },
  },
  'settings of logind',
  unitSections,
);

/** What a server has besides, and runs last, with EC2 Instance Connect. (DSS-5.6.6) */
interface Besides {
  readonly files: Readonly<Record<string, Form>>;
  readonly settings: Readonly<Record<string, Form>>;
  readonly rest: string;
}

/** The user data as text, in canonical form: a literal `${` is written `$!{`. */
const bootWith = ({ files, settings, rest }: Besides): Form =>
  textOf(
    {
      beginning: textOf(scriptForm(fetchScript), 'a script', (text) => text.replaceAll('$!{', '${')),
      region: 'export AWS_REGION=<region> AWS_DEFAULT_REGION=<region>',
      settings: {
        'collector.env': settingsText(collectorSettings),
        'host.env': settingsText(hostSettings),
        'amazon-cloudwatch-agent.json': agentSettings,
        ...settings,
      },
      fetched: Object.fromEntries(Object.entries(files).map(([name, content]) => [name, fetchOf(content)])),
      rest: `. "$program_folder/boot.sh"\n${rest}trap - EXIT\n`,
    },
    'the beginning of services/collector/host/fetch.sh and its steps',
    userDataParts,
  );

const bootAlone = bootWith({ files: hostFiles, settings: {}, rest: '' });
const bootWithConnect = bootWith({
  files: connectHostFiles,
  settings: { [sessionsFile]: sessionLimits },
  rest: '. "$program_folder/instance-connect.sh"\n',
});

export const bootText: Form = by(({ facts }) => (hasConnect(facts) ? bootWithConnect : bootAlone));
