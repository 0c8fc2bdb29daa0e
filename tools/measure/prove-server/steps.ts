// The steps of the proof, in their order; each goes on from where the one before ended.
import { setTimeout as sleep } from 'node:timers/promises';
import { type Bench, dataDisks, until } from './bench';
import { demand, mirrorHas, read, sameAsDelivered, unitsAreWell } from './server-state';

export interface Step {
  readonly name: string;
  readonly proves: string;
  /** Gives what was seen. @throws Error where it is not as it should be */
  run(bench: Bench): Promise<readonly string[]>;
}

/** Seconds: the emulator is slow, and slower beside other work. */
const patience = { boot: 3600, second: 1800, figure: 900 } as const;
const some = 100;
const few = 20;

/** Times that `dnf` meets RPM's lock in the first boot. */
export const dnfRefusals = 2;

const hookOf = (bench: Bench, variable: 'LAUNCH_HOOK' | 'TERMINATION_HOOK'): string => bench.delivery.settings.get(variable) ?? '';

const boots: Step = {
  name: 'boot',
  proves:
    'a fresh server boots by the user data of the launch template, past the lock of RPM, mirrors its blank disks, and completes its launch hook',
  async run(bench) {
    const { machine, fleet } = bench;
    const hook = hookOf(bench, 'LAUNCH_HOOK');
    fleet.begin(hook);
    await machine.start();
    const [ended = ''] = await machine.console.find(/boot: done|prove-user-data.service: Failed/, patience.boot * 1000);
    demand('user data', ended, /boot: done/);
    await until('the server to complete its launch hook', patience.figure, () => fleet.results(hook).length > 0);
    demand(hook, fleet.results(hook).join(), /^CONTINUE$/);
    demand('sshd.service', await read(bench, 'systemctl is-enabled sshd.service || true'), /^masked$/);
    demand('journal', await read(bench, 'tail -n 1 /var/log/rempart/journal.log'), /\S/);
    demand('dnf', await read(bench, 'cat /var/lib/prove/dnf'), new RegExp(`^${dnfRefusals + 1}$`));
    demand('rpm', await read(bench, 'ls /var/lib/prove/removed'), /removed/);
    demand('audit rules', await read(bench, 'ls /etc/audit/rules.d'), /^rempart\.rules$/);
    // In its confinement, which the boot does not have.
    await read(bench, 'systemctl start packages.service');
    return [await sameAsDelivered(bench), await unitsAreWell(bench), await mirrorHas(bench, 2), `dnf succeeded at call ${dnfRefusals + 1}`];
  },
};

const takesHits: Step = {
  name: 'hits',
  proves: 'the collector returns 204 for hits and forwards them; the published state of the mirror is healthy',
  async run(bench) {
    await answered(bench, some);
    await forwarded(bench);
    await waitForPublishedState(bench, 0);
    return [`${some} hits answered 204 and forwarded`, 'ArrayDegraded 0 of the watch, by group and by server, and of the collector'];
  },
};

const powerCut: Step = {
  name: 'power cut',
  proves: 'hits that wait on the mirror survive a power cut; the second boot starts the server without the user data and forwards them',
  async run(bench) {
    bench.region.streamThrottles = true;
    await answered(bench, some);
    const cuts = await bench.machine.cut();
    demand('hits that wait for the stream', String(bench.hits.missing.length), new RegExp(`^${some}$`));
    const from = bench.machine.console.count;
    await bench.machine.start();
    await healthy(bench);
    if (bench.machine.console.has(/boot: begins/, from))
      throw new Error('second boot: expected it to do without the user data, got another run');
    const states = [await mirrorHas(bench, 2), await unitsAreWell(bench)];
    bench.region.streamThrottles = false;
    await forwarded(bench);
    const taken = Object.entries(cuts).map(([disk, { kept, lost }]) => `${disk} ${lost} of ${kept + lost}`);
    return [`writes that were not flushed, taken away: ${taken.join(', ')}`, `${some} hits kept and forwarded after the cut`, ...states];
  },
};

const diskLost: Step = {
  name: 'disk lost',
  proves: 'a server that loses a disk reports it, and continues to receive hits',
  async run(bench) {
    const disk = dataDisks(bench.delivery).at(-1) ?? '';
    bench.region.figures.length = 0;
    await bench.machine.detach(disk);
    // The kernel misses the disk at the next write.
    await answered(bench, few);
    await waitForPublishedState(bench, 1);
    await answered(bench, few);
    await forwarded(bench);
    const { status, body } = await bench.health();
    demand('/health', `${status} ${body}`, /^200 .*array: degraded/);
    return [`${disk} detached; ArrayDegraded 1, by group and by server; /health: ${body.trim()}`, await mirrorHas(bench, 1)];
  },
};

const oneDisk: Step = {
  name: 'one disk',
  proves: 'a server boots with one disk after a power cut, and has every hit',
  async run(bench) {
    bench.region.streamThrottles = true;
    await answered(bench, few);
    await bench.machine.cut();
    bench.region.figures.length = 0;
    await bench.machine.start();
    await healthy(bench);
    const mirror = await mirrorHas(bench, 1);
    bench.region.streamThrottles = false;
    await forwarded(bench);
    await waitForPublishedState(bench, 1);
    return [mirror, `${few} hits kept and forwarded after the cut`, 'ArrayDegraded 1'];
  },
};

const drains: Step = {
  name: 'drain',
  proves: 'a server in termination receives hits until its hook begins, and completes the hook only when its spool is empty',
  async run(bench) {
    const { fleet, region, hits, machine } = bench;
    const hook = hookOf(bench, 'TERMINATION_HOOK');
    region.streamThrottles = true;
    await answered(bench, few);
    fleet.target = 'Terminated';
    await until('the server to complete its hook', patience.figure, () =>
      fleet.actions.some((action) => action.hook === hook && !action.accepted),
    );
    await answered(bench, few);
    const left = new Promise<number>((resolve) => fleet.once(hook, () => resolve(hits.missing.length)));
    const from = machine.console.count;
    fleet.begin(hook);
    await machine.console.find(/Stopped collector\.service/, patience.figure * 1000, from);
    // It ends with something left after its STOP_SECONDS, and is started again.
    await machine.console.find(/Started collector\.service/, patience.figure * 1000, from);
    demand(`${hook}, while hits are left`, fleet.results(hook).join(), /^$/);
    demand('hits that wait for the stream', String(hits.missing.length), new RegExp(`^${2 * few}$`));
    region.streamThrottles = false;
    demand('hits that were left when the hook was completed', String(await within(left, patience.second)), /^0$/);
    demand(hook, fleet.results(hook).join(), /^CONTINUE$/);
    return [
      `not completed with ${2 * few} hits left; completed with none`,
      `answered ${hits.answered.size}, missing ${hits.missing.length}`,
    ];
  },
};

/** In this order, on one server. */
export const steps: readonly Step[] = [boots, takesHits, powerCut, diskLost, oneDisk, drains];

/** On a server of its own, whose `dnf` meets the lock for ever. */
export const failing: Step = {
  name: 'failed boot',
  proves: 'a server whose boot fails abandons its launch hook at once, and is terminated without being retained',
  async run(bench) {
    const { fleet, machine } = bench;
    const [launch, termination] = [hookOf(bench, 'LAUNCH_HOOK'), hookOf(bench, 'TERMINATION_HOOK')];
    fleet.begin(launch);
    fleet.once(launch, () => {
      fleet.target = 'Terminated';
      fleet.begin(termination);
    });
    await machine.start();
    await machine.console.find(/boot: begins/, patience.boot * 1000);
    const began = Date.now();
    await until('the server to abandon its launch hook', patience.second, () => fleet.results(launch).length > 0);
    const seconds = Math.round((Date.now() - began) / 1000);
    demand(launch, fleet.results(launch).join(), /^ABANDON$/);
    await until('the server to leave', patience.figure, () => fleet.results(termination).length > 0);
    demand(termination, fleet.results(termination).join(), /^CONTINUE$/);
    return [`${launch} abandoned ${seconds} seconds after the boot began; ${termination} completed`];
  },
};

async function answered(bench: Bench, count: number): Promise<void> {
  const others = await bench.send(count);
  if (others.length > 0) throw new Error(`hits: expected 204 ${count} times, got ${others.length} other answers, as in ${others[0]}`);
}

async function forwarded(bench: Bench): Promise<void> {
  const all = 'every answered hit in the stream';
  await until(all, patience.figure, () => bench.hits.missing.length === 0).catch((error: unknown) => {
    throw new Error(
      `${error instanceof Error ? error.message : error}: ${bench.hits.missing.length} of ${bench.hits.answered.size} are missing`,
    );
  });
  if (bench.hits.invalid > 0) throw new Error(`stream: expected hits as the ingest takes them, got ${bench.hits.invalid} others`);
}

/** Until the watch publishes this value, by group and by server, and the collector by group. */
async function waitForPublishedState(bench: Bench, value: 0 | 1): Promise<void> {
  const published = (by: 'script' | 'collector', dimensions: number) =>
    bench.region.figures.some(
      (figure) => figure.name === 'ArrayDegraded' && figure.value === value && figure.by === by && figure.dimensions.length === dimensions,
    );
  const all = () => published('script', 1) && published('script', 2) && published('collector', 1);
  await until(`ArrayDegraded ${value} of the watch, by group and by server, and of the collector`, patience.figure, all);
}

const healthy = (bench: Bench): Promise<void> =>
  until('the collector to be healthy', patience.second, async () => (await bench.health()).status === 200);

async function within<T>(work: Promise<T>, seconds: number): Promise<T> {
  const late = sleep(seconds * 1000, undefined, { ref: false }).then(() => {
    throw new Error(`expected the hook to be completed within ${seconds} seconds, got no answer`);
  });
  return await Promise.race([work, late]);
}
