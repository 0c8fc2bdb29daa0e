// "Disaster: the home region is lost" of the runbook, command by command, on a mocked account.
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { optionValues } from '../../tools/command-line';
import { options, optionsOf } from '../../tools/recover/options';
import { planOf, runSteps } from '../../tools/recover/step';
import { steps } from '../../tools/recover/steps';
import { Disaster, pointArn, pointOf } from '../tools/recover/disaster';
import { shellBlocks } from './commands';

jest.setTimeout(60_000);

const runbook = readFileSync(join(__dirname, '../../docs/runbook.md'), 'utf8');
const [, section = ''] = /^### Disaster: the home region is lost\n([\s\S]*?)^### /m.exec(runbook) ?? [];
const commands = shellBlocks(section)
  .flatMap((block) => block.split('\n'))
  .filter((line) => line.startsWith('npm run recover -- '));
const valuesOf = (command: string) => optionValues(options, command.replaceAll('<deployment>', 'example').split(' ').slice(4));

/** Runs a command as the tool does. Returns whether nothing stops or fails. */
async function follow(world: Disaster, command: string): Promise<boolean> {
  const values = valuesOf(command);
  expect([values.deployment, values.back === true]).toEqual(['example', world.siteName === 'home']);
  const { erasures, ...given } = optionsOf(values);
  const own = erasures === undefined ? {} : { erasures: join(world.folder, erasures) };
  const { options: _defaults, ...recovery } = world.recovery();
  const configured = { ...recovery, options: { ...given, ...own } };
  if (values.apply !== true) return (await planOf(steps, configured)).every(({ stops }) => !stops);
  return (await runSteps(steps, configured)).every(({ outcome }) => outcome !== 'failed');
}

test('away and back: each command does its part, and the data is that of the newest points', async () => {
  const [away, back] = [new Disaster(), new Disaster('home')];
  try {
    expect(commands).toHaveLength(7);
    const there = commands.filter((command) => !command.includes('--back'));
    for (const command of there) expect([command, await follow(away, command)]).toEqual([command, true]);
    expect(away.effects).toEqual([`database ${pointArn('new')}`, 'checked', 'erased', 'checked', 'checked', 'switched']);
    expect(away.site().settings.data).toMatchObject({ restoreFrom: { recovery: pointArn('new') }, lakeHeld: { recovery: true } });

    writeFileSync(back.file, `${away.text}\nbackup: { homeAnswers: true }\n`);
    await back.recovery().cdk(['deploy', '--all'], () => undefined);
    back.effects.splice(0);
    back.points.splice(0, 2, pointOf('back', 2, {}, 'eu-west-3'));
    for (const command of commands.slice(there.length)) expect([command, await follow(back, command)]).toEqual([command, true]);
    const order = ['erased', 'reconciled', 'lake starts', 'checked', 'switched'];
    expect(back.effects).toEqual([`database ${pointArn('back', 'eu-west-3')}`, ...order]);
  } finally {
    for (const world of [away, back]) world.remove();
  }
});
