// From one release to the next, in temporary repositories whose app writes the template that lies beside it.
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { excuses, rehearseRelease } from '../../../tools/rehearse/release';
import { rehearsalTable } from '../../../tools/rehearse/table';

const app = `
const { mkdirSync, writeFileSync, readFileSync } = require('node:fs');
const out = process.env.CDK_OUTDIR;
mkdirSync(out, { recursive: true });
const artifacts = {};
for (const [name, template] of Object.entries(JSON.parse(readFileSync('templates.json', 'utf8')))) {
  artifacts['production-' + name] = { type: 'aws:cloudformation:stack', environment: 'aws://unknown-account/eu-west-3', properties: { templateFile: name + '.json' } };
  writeFileSync(out + '/' + name + '.json', JSON.stringify(template));
}
writeFileSync(out + '/manifest.json', JSON.stringify({ artifacts }));
`;

const bucket = { Type: 'AWS::S3::Bucket', Properties: { BucketName: 'hits' }, DeletionPolicy: 'Retain', UpdateReplacePolicy: 'Retain' };
const group = { Type: 'AWS::EC2::SecurityGroup', Properties: { GroupDescription: 'before' } };
const proxy = { Type: 'AWS::RDS::DBProxy', Properties: { DBProxyName: 'proxy', EngineFamily: 'POSTGRESQL', VpcSubnetIds: ['a'] } };
const custom = { Type: 'Custom::Example', Properties: { ServiceToken: 'arn' } };
const data = {
  Resources: { Bucket: bucket, Group: group, Proxy: proxy, Custom: custom },
  Outputs: { Group: { Value: { 'Fn::GetAtt': ['Group', 'GroupId'] }, Export: { Name: 'group' } } },
};
const edge = { Resources: { Rule: { Type: 'AWS::EC2::SecurityGroupIngress', Properties: { GroupId: { 'Fn::ImportValue': 'group' } } } } };

const released: Readonly<Record<string, string>> = {
  'cdk.json': JSON.stringify({ app: 'node app.cjs' }),
  'app.cjs': app,
  'config/production.yaml': 'environment: production\nowner: platform\n',
  'templates.json': JSON.stringify({ data, edge }),
  'database/migrations/0001_hits.sql': "create table hits (path text, visitor bigint);\ncomment on table hits is 'drop table x;';\n",
  'lambda/ingest/handler.ts': "export const sql = 'insert into hits (path, visitor) values ($1, $2)';\n",
};

let root = '';
const git = (...args: readonly string[]) =>
  execFileSync('git', ['-c', 'user.name=test', '-c', 'user.email=test@example.com', ...args], { cwd: root, stdio: 'pipe' });

function put(files: Readonly<Record<string, string>>): void {
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), text);
  }
}

function commit(title: string): void {
  git('add', '-A');
  git('commit', '-qm', title);
}

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'rempart-repository-'));
  git('init', '-q');
  put(released);
  commit('First');
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

const release = () => git('tag', '-a', 'v1.0.0', '-m', 'First');
const outcomes = async () => (await rehearseRelease({ root })).map(({ subject, outcome, detail }) => `${subject} ${outcome}: ${detail}`);
const withResources = (Resources: object, Outputs: object = data.Outputs) => ({
  'templates.json': JSON.stringify({ data: { Resources, Outputs }, edge }),
});

test('a first commit has nothing to be compared with, and the table states it', async () => {
  const rows = await rehearseRelease({ root });
  expect(rows).toEqual([
    {
      part: 'release',
      subject: 'release',
      outcome: 'left out',
      detail: 'not compared: no parent, and no tag',
      fix: 'fetch the history, or name a state with --from',
    },
  ]);
  expect(rehearsalTable(rows, { all: false })).toContain('left out: release: release: not compared: no parent, and no tag');
});

test('neither has a clone of depth 1', async () => {
  put({ 'README.md': 'second' });
  commit('Second');
  const clone = mkdtempSync(join(tmpdir(), 'rempart-clone-'));
  try {
    git('clone', '-q', '--depth', '1', pathToFileURL(root).href, clone);
    expect((await rehearseRelease({ root: clone })).map(({ outcome }) => outcome)).toEqual(['left out']);
  } finally {
    rmSync(clone, { recursive: true, force: true });
  }
});

/** Three faults at once: a data store that is replaced, a broken export, and a changed migration that is released. */
const broken: Readonly<Record<string, string>> = {
  'database/migrations/0001_hits.sql': 'create table hits ();',
  'templates.json': JSON.stringify({
    data: {
      Resources: { ...data.Resources, Bucket: { ...bucket, Properties: { BucketName: 'others' } } },
      Outputs: {},
    },
    edge,
  }),
};
const objections = [
  '0001_hits.sql refused: expected the released file',
  'data/Bucket (AWS::S3::Bucket) is replaced; the old one is left behind',
  'data: the export Group is removed while another stack imports it',
];

test.each<[string, () => void, string]>([
  ['the parent commit', () => {}, 'the parent commit'],
  ['the parent commit on the main branch itself', () => git('update-ref', 'refs/remotes/origin/main', 'HEAD'), 'the parent commit'],
])('without a tag, the present is compared with %s', async (_, before, title) => {
  put(broken);
  commit('Second');
  before();
  const found = (await outcomes()).join('\n');
  for (const objection of objections) expect(found).toContain(objection);
  expect(found).toContain(`release ok: compared with ${title} ${git('rev-parse', '--short=7', 'HEAD^').toString().trim()}`);
});

test('without a tag, a branch is compared with the commit at which it left the main branch', async () => {
  git('update-ref', 'refs/remotes/origin/main', 'HEAD');
  put(broken);
  commit('Second');
  put({ 'README.md': 'third' });
  commit('Third');
  const found = (await outcomes()).join('\n');
  for (const objection of objections) expect(found).toContain(objection);
  expect(found).toContain(
    `release ok: compared with the merge base with origin/main ${git('rev-parse', '--short=7', 'HEAD~2').toString().trim()}`,
  );
});

test('a file that is not committed is part of the present', async () => {
  put({ 'README.md': 'second' });
  commit('Second');
  put(broken);
  const found = (await outcomes()).join('\n');
  for (const objection of objections) expect(found).toContain(objection);
});

test('an unknown name', async () => {
  await expect(rehearseRelease({ root, from: 'v9' })).rejects.toThrow(
    '--from: expected a tag, branch or commit of this repository, got v9',
  );
});

test('the release itself, and additions', async () => {
  release();
  const subjects = ['release ok', 'database/migrations ok', 'production ok', 'production-recovery ok'];
  expect((await outcomes()).map((line) => line.split(':')[0])).toEqual(subjects);
  put({
    'database/migrations/0002_pages.sql':
      'alter table hits add column page text, add column size int not null default 0; create table pages (path text not null);',
    ...withResources({ ...data.Resources, Queue: { Type: 'AWS::SQS::Queue' } }),
  });
  const added = await outcomes();
  expect(added.map((line) => line.split(':')[0])).toEqual(subjects);
  expect(added[2]).toContain('1 added');
  expect(git('worktree', 'list').toString().trim().split('\n')).toHaveLength(1);
});

const faults: readonly (readonly [string, Readonly<Record<string, string>>, string])[] = [
  [
    'a released migration changes',
    { 'database/migrations/0001_hits.sql': 'create table hits ();' },
    '0001_hits.sql refused: expected the released file',
  ],
  [
    'a migration comes before a released one',
    { 'database/migrations/0000_first.sql': 'select 1;' },
    '0000_first.sql refused: expected a number after',
  ],
  [
    'a column is dropped',
    { 'database/migrations/0002.sql': 'alter table hits\n  drop column visitor;' },
    'drops the column visitor, which the release has in lambda',
  ],
  ['a column is renamed', { 'database/migrations/0002.sql': 'alter table hits rename column path to page;' }, 'renames the column path'],
  ['a type changes', { 'database/migrations/0002.sql': 'alter table hits alter column visitor type text;' }, 'changes the type of visitor'],
  ['a table is dropped in a block', { 'database/migrations/0002.sql': 'do $$ begin drop table hits; end $$;' }, 'drops hits'],
  [
    'a column needs a value',
    { 'database/migrations/0002.sql': 'alter table hits add column page text not null;' },
    'requires a value of the new column page',
  ],
  [
    'a column begins to need a value',
    { 'database/migrations/0002.sql': 'alter table hits alter visitor set not null;' },
    'requires a value of visitor',
  ],
  ['a table is renamed', { 'database/migrations/0002.sql': 'alter table hits rename to visits;' }, 'renames hits'],
  [
    'data goes',
    withResources({ ...data.Resources, Bucket: undefined }),
    'production data at risk: data/Bucket (AWS::S3::Bucket) is removed',
  ],
  [
    'data is replaced',
    withResources({ ...data.Resources, Bucket: { ...bucket, Properties: { BucketName: 'others' } } }),
    'data/Bucket (AWS::S3::Bucket) is replaced; the old one is left behind',
  ],
  [
    'another logical id with the same name',
    withResources({ ...data.Resources, Bucket: undefined, Other: bucket }),
    'data/Other would be added, and the name hits exists already',
  ],
  [
    'data is no longer kept',
    withResources({ ...data.Resources, Bucket: { ...bucket, DeletionPolicy: 'Delete' } }),
    'data/Bucket: DeletionPolicy was Retain and is Delete',
  ],
  [
    'a fixed name is replaced',
    withResources({ ...data.Resources, Proxy: { ...proxy, Properties: { ...proxy.Properties, VpcSubnetIds: ['b'] } } }),
    'VpcSubnetIds.0 would replace data/Proxy, and the name proxy exists already',
  ],
  [
    'an export changes',
    withResources({ ...data.Resources, Group: { ...group, Properties: { GroupDescription: 'after' } } }),
    'data: the export Group changes while another stack imports it',
  ],
  ['an export goes', withResources(data.Resources, {}), 'data: the export Group is removed while another stack imports it'],
  ['a custom resource goes', withResources({ ...data.Resources, Custom: undefined }), 'data/Custom (Custom::Example) is removed'],
];

test.each(faults)('%s', async (_, files, objection) => {
  release();
  put(files);
  expect((await outcomes()).join('\n')).toContain(objection);
});

test('an excuse has a reason, an owner and a last day, and is not over', () => {
  const today = new Date().toISOString().slice(0, 10);
  for (const { refusal, reason, owner, until } of excuses) {
    expect(refusal).toMatch(/^[a-z]+: /);
    expect(reason.split(' ').length).toBeGreaterThan(5);
    expect([owner, until > today, until <= '2027-02-28']).toEqual(['platform', true, true]);
  }
});
