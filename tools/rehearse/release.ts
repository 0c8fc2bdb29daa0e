// The rehearsal of a release: from the templates and migrations of an earlier one to the present.
import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { ConfigurationError, loadSite } from '../../lib/config/load';
import type { Site } from '../../lib/config/site';
import { ToolError } from '../command-line';
import { type DeploymentSite, reviewedSites, siteLabel } from '../synthesis/synthesize';
import { cannotReturn, dataAtRisk, lessKept, refusals } from './consequences';
import { type Deployed, readDeployed } from './deployed';
import { changesBetween } from './differences';
import { commitOf, earlierState, filesAt, inWorktree } from './git';
import { compareMigrations, type Files } from './migrations';
import type { Outcome, Row } from './row';

const migrations = 'database/migrations';
/** Folders of the code that uses the database. */
const codeFolders = ['lambda', 'runtime', 'services'];

export interface ReleaseRequest {
  /** Root of the repository. */
  readonly root: string;
  /**
   * Tag, branch or commit of the earlier release.
   *
   * @default - the newest tag before the present commit; without a tag the merge base with origin/main, or the parent
   */
  readonly from?: string | undefined;
}

/**
 * Compares an earlier release with the files of `root`, committed or not: nothing with data is replaced or removed, no
 * export in use changes, no fixed name is replaced, released migrations are unchanged, and the former code can use the
 * new schema. Each release is synthesized with its own configuration.
 *
 * @throws ToolError for a name that git does not have, and for a synth without an assembly
 */
export async function rehearseRelease({ root, from }: ReleaseRequest): Promise<readonly Row[]> {
  const earlier = from === undefined ? earlierState(root) : { ref: from, title: from };
  if (earlier === undefined) return [row('release', 'left out', notCompared, 'fetch the history, or name a state with --from')];
  const commit = commitOf(root, earlier.ref);
  const released = filesAt(root, commit, migrations);
  const code: Files = new Map(codeFolders.flatMap((folder) => [...filesAt(root, commit, folder)]));
  const rows = compareMigrations(released, presentFiles(root), code);
  const before = await inWorktree(root, commit, (folder) => assemblies(folder, root));
  const after = await assemblies(root, root);
  return [row('release', 'ok', `compared with ${earlier.title}`), ...rows, ...compareDeployments(earlier.title, before, after)];
}

const notCompared = 'not compared: no parent, and no tag';

const row = (subject: string, outcome: Outcome, detail: string, fix?: string): Row => ({
  ...{ part: 'release', subject, outcome, detail },
  ...(fix ? { fix } : {}),
});

function presentFiles(root: string): Files {
  const folder = join(root, migrations);
  const names = existsSync(folder) ? readdirSync(folder).toSorted() : [];
  return new Map(names.map((name) => [`${migrations}/${name}`, readFileSync(join(folder, name), 'utf8')]));
}

type Assemblies = ReadonlyMap<string, Deployed>;

/** One row for each consequence of each site, or one that there is none. */
function compareDeployments(from: string, before: Assemblies, after: Assemblies): readonly Row[] {
  return [...before].flatMap(([label, earlier]) => {
    const present = after.get(label);
    return present
      ? consequencesOf(label, from, earlier, present)
      : [row(label, 'review', `${from} has this deployment, the present has not`)];
  });
}

export interface Excuse {
  readonly refusal: string;
  readonly reason: string;
  readonly owner: string;
  /** Last day, as in 2027-02-28; a test fails after it. */
  readonly until: string;
}

/** Exports of the addresses of the NAT gateways, which the roles of people named. */
const addresses = [
  'ExportsOutputFnGetAttNatAddress114DD7FC7PublicIp9516BBCC',
  'ExportsOutputFnGetAttNatAddress27520ED41PublicIp8E04718A',
  'ExportsOutputFnGetAttNatAddress3C6935B5BPublicIp69E0646A',
];

/** Refusals that no deployment meets. */
export const excuses: readonly Excuse[] = [
  {
    refusal: 'account: the export ExportsOutputRefEdgeLogs3E8D2A9E2CC73D80 is removed while another stack imports it',
    reason: 'no account has a deployment of a state that exports it; one would need `exportValue` for a release',
    owner: 'platform',
    until: '2027-02-28',
  },
  ...addresses.map((name) => ({
    refusal: `network: the export ${name} is removed while another stack imports it`,
    reason: 'no account has a deployment of a state that exports it; one would need `exportValue` for a release',
    owner: 'platform',
    until: '2027-02-28',
  })),
];

function refusalRow(label: string, detail: string): Row {
  const excuse = excuses.find(({ refusal }) => refusal === detail);
  if (excuse) return row(label, 'left out', `${detail}: ${excuse.reason} (owner: ${excuse.owner}, until ${excuse.until})`);
  return row(label, 'refused', detail, 'keep the property, or change name and logical id together');
}

/** What the change from one synthesis to another means for a deployment. */
export function consequencesOf(label: string, from: string, before: Deployed, after: Deployed): readonly Row[] {
  const changes = changesBetween(before, after);
  const rows = [
    ...refusals(changes, before, after).map((detail) => refusalRow(label, detail)),
    ...dataAtRisk(changes).map(({ detail }) => row(label, 'data at risk', detail, 'keep its logical id and what replaces it')),
    ...lessKept(before, after).map(({ detail }) => row(label, 'data at risk', detail, 'keep the policy')),
    ...cannotReturn(changes, before).map(({ detail }) => row(label, 'review', detail)),
    ...changes.flatMap(({ name, action, before: resource }) =>
      action !== 'removed' || resource?.at('ServiceToken') === undefined
        ? []
        : [
            row(
              label,
              'review',
              `${name} (${resource.type}) is removed: its function is invoked to delete it`,
              'see that the function responds',
            ),
          ],
    ),
  ];
  const of = (action: string) => changes.filter((change) => change.action === action).length;
  const counts = `${of('updated')} updated, ${of('replaced') + of('perhaps replaced')} replaced, ${of('added')} added, ${of('removed')} removed`;
  return rows.length > 0 ? rows : [row(label, 'ok', `from ${from}: ${counts}; no data, export or fixed name is touched`)];
}

/** The templates of every reviewed site that the folder configures, by its label. */
async function assemblies(folder: string, root: string): Promise<Assemblies> {
  const waiting = reviewedSites.filter(({ deployment }) => existsSync(join(folder, 'config', `${deployment}.yaml`)));
  const found = new Map<string, Deployed>();
  const work = async (): Promise<void> => {
    for (let site = waiting.shift(); site; site = waiting.shift()) found.set(siteLabel(site), await assembly(folder, root, site));
  };
  await Promise.all(Array.from({ length: availableParallelism() }, work));
  return new Map([...found].toSorted(([a], [b]) => (a < b ? -1 : 1)));
}

async function assembly(folder: string, root: string, { deployment, site }: DeploymentSite): Promise<Deployed> {
  const outdir = mkdtempSync(join(tmpdir(), 'rempart-assembly-'));
  try {
    const { output } = await runApp(folder, outdir, deployment, site);
    if (!existsSync(join(outdir, 'manifest.json')))
      throw new ToolError(`synth of ${deployment} in ${folder}: expected an assembly, got none\n${output}`);
    return readDeployed(outdir, siteOf(folder, root, { deployment, site }));
  } finally {
    rmSync(outdir, { recursive: true, force: true });
  }
}

/** The site by the configuration of the folder, or by the present one if the present schema refuses that. */
function siteOf(folder: string, root: string, { deployment, site }: DeploymentSite): Site {
  try {
    return loadSite({ directory: join(folder, 'config'), deployment, site });
  } catch (error) {
    if (!(error instanceof ConfigurationError) || folder === root) throw error;
    return loadSite({ directory: join(root, 'config'), deployment, site });
  }
}

/**
 * Runs the app of the folder's own cdk.json, without validation. Its exit code is not read: rules may have changed.
 */
function runApp(folder: string, outdir: string, deployment: string, site: string): Promise<{ readonly output: string }> {
  const { app, context } = JSON.parse(readFileSync(join(folder, 'cdk.json'), 'utf8')) as { app: string; context?: object };
  const [command = '', ...args] = app.split(' ').map((word) => (word === 'tsx' ? pathToFileURL(require.resolve('tsx')).href : word));
  const env = {
    ...Object.fromEntries(Object.entries(process.env).filter(([name]) => !/^(AWS|CDK)_/.test(name))),
    CDK_OUTDIR: outdir,
    CDK_CONTEXT_JSON: JSON.stringify({ ...context, deployment, site }),
    CDK_VALIDATION: 'false',
  };
  const child = spawn(command === 'node' ? process.execPath : command, args, { cwd: folder, env });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk: Buffer) => (output += chunk.toString()));
  return new Promise((done, fail) => child.on('error', fail).on('close', () => done({ output })));
}
