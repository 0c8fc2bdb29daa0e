// "Restore the database" of the runbook, command by command: the shell of its steps with a stand-in of the AWS CLI,
// and the commands of npm run lake on a database that is restored from a copy. (DSS-4.2)
import { execFileSync } from 'node:child_process';
import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { erasePerson } from '../../lambda/database/person-erase/erase';
import { type ListedErasure, listErasures } from '../../lambda/lake/lake-upkeep/list-erasures';
import { reconcile } from '../../lambda/lake/lake-upkeep/reconcile';
import { readPersonRequest } from '../../runtime/person';
import type { SiteId } from '../../runtime/site';
import { optionValues } from '../../tools/command-line';
import { type Call, placeOptions } from '../../tools/lake/invoke';
import { reconcileLake, reconcileOptions } from '../../tools/lake/reconcile';
import { listErasuresInto, listOptions, repeatErasures, repeatOptions } from '../../tools/lake/repeat-erasures';
import { type Cluster, day, RestoredWorld } from '../lambda/lake/lake-upkeep/restored-world';
import { databaseTimeLimit } from '../time-limits';
import { shellBlocks } from './commands';

jest.setTimeout(databaseTimeLimit);

const runbook = readFileSync(join(__dirname, '../../docs/runbook.md'), 'utf8');
const [, section = ''] = /^### Restore the database\n([\s\S]*?)^### /m.exec(runbook) ?? [];
/** The blocks of each numbered step. */
const steps = section
  .split(/^\*\*\d\. /m)
  .slice(1)
  .map((step) => shellBlocks(step).map((block) => block.replaceAll('<deployment>', 'production')));
const stepWith = (text: string) => steps.findIndex((blocks) => blocks.some((block) => block.includes(text)));

let folder: string;
let log: jest.SpyInstance;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'rempart-restore-'));
  log = jest.spyOn(console, 'log').mockImplementation(() => undefined);
});
afterEach(() => {
  log.mockRestore();
  rmSync(folder, { recursive: true });
});

test('the lake stops before the erasures are listed and the database is restored, and starts after all is repaired', () => {
  const order = ['"DISABLED"', 'lake -- erasures', 'cdk deploy', 'lake -- repeat', 'lake -- reconcile', '"ENABLED"'].map(stepWith);
  expect(order).toEqual([0, 1, 2, 3, 5, 6]);
});

describe('the schedules', () => {
  /** As EventBridge Scheduler returns a schedule, and what is sent to it. */
  const schedule = {
    ...{ ActionAfterCompletion: 'NONE', Arn: 'arn:x', CreationDate: 1, LastModificationDate: 2, Description: 'Export' },
    ...{ FlexibleTimeWindow: { Mode: 'OFF' }, KmsKeyArn: 'arn:key', Name: 'n', ScheduleExpression: 'rate(2 minutes)', State: 'ENABLED' },
    Target: { Arn: 'arn:function', RoleArn: 'arn:role', RetryPolicy: { MaximumRetryAttempts: 5 } },
  };
  /** Members of UpdateSchedule ("Amazon EventBridge Scheduler API Reference"). */
  const members =
    'ActionAfterCompletion ClientToken Description EndDate FlexibleTimeWindow GroupName KmsKeyArn Name ScheduleExpression ScheduleExpressionTimezone StartDate State Target'.split(
      ' ',
    );

  /** Runs a block with a stand-in of the CLI. Returns what was sent to `scheduler update-schedule`. */
  function run(block: string): readonly Record<string, unknown>[] {
    const sent = join(folder, 'sent');
    writeFileSync(sent, '');
    const stub = `#!/bin/sh
case "$2" in
  list-schedules) echo "name-of-$4" ;;
  get-schedule) printf '%s' '${JSON.stringify(schedule)}' | jq --arg group "$4" --arg name "$6" '.GroupName = $group | .Name = $name' ;;
  update-schedule) jq -c . "\${4#file://}" >> ${sent} ;;
  *) exit 9 ;;
esac
`;
    for (const [name, text] of [
      ['aws', stub],
      ['sleep', '#!/bin/sh\n'],
    ] as const) {
      writeFileSync(join(folder, name), text);
      chmodSync(join(folder, name), 0o755);
    }
    execFileSync('bash', ['-euo', 'pipefail', '-c', block], {
      cwd: folder,
      env: { ...process.env, PATH: `${folder}:${process.env.PATH}` },
    });
    return readFileSync(sent, 'utf8')
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as Record<string, unknown>);
  }

  test('both are disabled and enabled again, otherwise as they were', () => {
    const groups = ['production-data-lake-export', 'production-data-lake-upkeep'];
    const [stop = ''] = steps[stepWith('"DISABLED"')] ?? [];
    const [start = ''] = steps[stepWith('"ENABLED"')] ?? [];
    for (const [block, State] of [
      [stop, 'DISABLED'],
      [start, 'ENABLED'],
    ] as const) {
      const sent = run(block);
      const { Arn: _arn, CreationDate: _created, LastModificationDate: _modified, ...kept } = schedule;
      expect(sent).toEqual(groups.map((GroupName) => ({ ...kept, GroupName, Name: `name-of-${GroupName}`, State })));
      for (const each of sent) expect(Object.keys(each).filter((member) => !members.includes(member))).toEqual([]);
    }
  });
});

describe('the commands of the lake', () => {
  const world = new RestoredWorld();
  const [old, young] = [day(40), day(25)];

  /** The functions of a deployment whose proxy leads to this cluster. */
  const functionsOf =
    (cluster: Cluster): Call =>
    async (control, request) => {
      if (control === 'person-erase') return erasePerson(cluster.application, readPersonRequest(request));
      expect(control).toBe('lake-upkeep');
      if ('erasures' in request) return listErasures(cluster.maintenance, request as never);
      return reconcile(cluster.maintenance, world.bucket, request as never, () => false);
    };

  /** Runs each command of the lake in a step, as the shell would. */
  async function follow(step: number, cluster: Cluster, variables: Readonly<Record<string, string>> = {}): Promise<readonly number[]> {
    const codes: number[] = [];
    const commands = (steps[step] ?? []).flatMap((block) => [...block.matchAll(/^npm run lake -- (\S+) (.*)$/gm)]);
    for (const [, command = '', rest = ''] of commands) {
      const args = rest.split(' ').map((word) => word.replace(/^"\$(\w+)"$/, (_, name) => variables[name] ?? ''));
      const inFolder = args.map((arg) => (arg === 'erasures.json' ? join(folder, arg) : arg));
      const call = functionsOf(cluster);
      if (command === 'erasures') codes.push(await listErasuresInto(optionValues({ ...listOptions, ...placeOptions }, inFolder), call));
      else if (command === 'repeat') codes.push(await repeatErasures(optionValues({ ...repeatOptions, ...placeOptions }, inFolder), call));
      else if (command === 'reconcile')
        codes.push(await reconcileLake(optionValues({ ...reconcileOptions, ...placeOptions }, inFolder), call));
      else throw new Error(`the runbook: expected a command of the lake, got ${command}`);
    }
    return codes;
  }

  test('after them exports work, erasures finish, and erased rows are nowhere', async () => {
    const { former, bucket } = world;
    const sites: SiteId[] = [await former.createSite('one'), await former.createSite('two')];
    const [site = 0 as unknown as SiteId] = sites;
    await former.maintenance.upkeep('createHitDay', old);
    for (const each of sites) for (const one of [old, young]) await former.addHits(each, one);
    await former.exportAll();
    await former.drop(old);

    const snapshot = await world.snapshot();
    const since = world.former;
    const hit = since.application.withSite(site, { name: 'x', from: 'y', doing: 'z' }, (session) =>
      session.query<{ id: string }>(
        `insert into rempart.people (site_id, email, visitor) values ($1, 'gone@example.com', 'v-3') returning id`,
        [site],
      ),
    );
    const person = (await hit).rows[0]?.id ?? '';
    await erasePerson(since.application, { site, person: { id: person, visitor: 'v-3' }, actor: { name: 'operator', from: 'test' } });
    await since.erase(site, 'v-4');
    await since.addHits(site, day(20));
    expect(await since.upkeep()).toEqual([]);
    await since.exportAll();
    expect(await since.upkeep()).toEqual([]);
    const expected = await since.hits(site);
    for (const key of bucket.keys.keys()) if (bucket.current(key) === undefined) bucket.end(key);

    // 2: the list, while the former database is used. 3: the restore.
    expect(await follow(1, since, { since: snapshot.at })).toEqual([0]);
    const listed = JSON.parse(readFileSync(join(folder, 'erasures.json'), 'utf8')) as readonly ListedErasure[];
    expect(listed.map(({ visitor }) => visitor)).toEqual(['v-3', 'v-4']);
    const restored = await world.restore(snapshot.name);
    await expect(restored.hits(site, { visitor: 'v-1' })).rejects.toThrow('NoSuchKey');
    // 4 and 6.
    expect(await follow(3, restored)).toEqual([0, 0]);
    expect(await follow(5, restored)).toEqual([0, 0]);
    // 7: the lake runs. 8: it is equal.
    await restored.exportAll();
    expect(await restored.upkeep()).toEqual([]);
    log.mockClear();
    expect(await follow(7, restored)).toEqual([0, 0]);
    expect(log.mock.calls.at(-1)).toEqual(['catalogue and objects are equal']);
    await restored.upkeep();
    expect(await restored.query('select count(*)::int as n from rempart.erasures where lake_removed_at is null')).toEqual([{ n: 0 }]);
    expect(await restored.hits(site)).toEqual(expected);
    const anywhere = await restored.visitorsAnywhere(site);
    for (const gone of ['v-3', 'v-4']) expect(anywhere).not.toContain(gone);
    expect(anywhere).toContain('v-1');
    await restored.rest();
  });
});
