// The tasks of a recovery: what people and commands do, and the creation of every resource of the recovery site.
import type { Assembly, Resource } from '../../../lib/tom/template/assembly';
import type { Deployed } from '../../rehearse/deployed';
import { dependencies } from '../../rehearse/references';
import { type Duration, durationOf, type Measured } from './durations';
import type { Task } from './schedule';

export interface RecoveryTask extends Task {
  /** What people read, as in `restore the database`. */
  readonly name: string;
  /** The stack of a resource. @default - none: a step of the recovery */
  readonly stack?: string;
  /** Type of a resource. */
  readonly type?: string;
  readonly source: string;
}

export interface Circumstances {
  /** Gigabytes in the database. */
  readonly gigabytes: number;
  /** Minutes between the alarm and the decision of people to recover. */
  readonly decisionMinutes: number;
  /** Hits a second. */
  readonly hitsPerSecond: number;
  /** Hours between the data of the newest recovery point and the loss of the region. */
  readonly recoveryPointHours: number;
  /** Stacks that are deployed at once, as by `cdk deploy --concurrency`. */
  readonly concurrency: number;
  readonly pace: 'expected' | 'slow';
  readonly measured: Measured;
}

/** Ids of the steps after which people ask. */
export const milestones = {
  answered: { id: 'switch', name: 'a hit is answered in the recovery region' },
  deployed: { id: 'deployed', name: 'every stack is deployed, with the VPNs' },
  complete: { id: 'replay', name: 'the database has every replicated hit' },
} as const;

/**
 * Hits with ids that one writer of two cores stores in a second (ADR 14, `npm run bench:database`); new hits take
 * their share of it.
 */
const replayedPerSecond = 13_930;

/** The stack with which hits are answered: it depends on those that it uses, and not on the VPNs. */
const collecting = 'collection';

const stepDurations: Readonly<Record<'plan' | 'publish' | 'stack' | 'check' | 'switch', Duration>> = {
  plan: { expected: 3, slow: 10, source: 'assumed: reading the recovery points, and one confirmation' },
  publish: { expected: 2, slow: 5, source: 'assumed: bootstrap stack and assets of some megabytes' },
  stack: { expected: 1, slow: 2, source: 'assumed: change set and clean-up of a stack' },
  check: { expected: 3, slow: 10, source: 'assumed: sign-in, a test hit, certificate and headers' },
  switch: { expected: 2, slow: 6, source: 'assumed: change of the records; alias records are cached for 60 s' },
};

/** All tasks of a recovery under the circumstances. Stacks of other regions are not deployed by a recovery. */
export function recoveryTasks({ assembly, earlier }: Deployed, at: Circumstances): readonly RecoveryTask[] {
  const stacks = [...new Set(assembly.resources.map(({ stack }) => stack.name))].filter((name) => isHere(name, assembly));
  const step = (id: keyof typeof stepDurations, name: string, after: readonly string[]): RecoveryTask => ({
    ...{ id, name, after, minutes: stepDurations[id][at.pace], source: stepDurations[id].source },
  });
  const decide = { id: 'decide', name: 'decide to recover', minutes: at.decisionMinutes, after: [], source: '--decision-minutes' };
  return [
    decide,
    step('plan', 'choose the recovery points and confirm the plan', ['decide']),
    step('publish', 'bootstrap the region and publish the assets', ['plan']),
    ...stackTasks(stacks, earlier, at, assembly),
    step('check', 'check that hits are collected', [endOf(`${assembly.facts.deployment}-${collecting}`)]),
    step('switch', 'switch the DNS records', ['check']),
    { id: milestones.deployed.id, name: milestones.deployed.name, minutes: 0, after: stacks.map(endOf), source: '' },
    replayTask(at),
  ];
}

const beginOf = (stack: string): string => `begin ${stack}`;
const endOf = (stack: string): string => `end ${stack}`;
const idOf = ({ stack, logicalId }: Resource): string => `${stack.name}/${logicalId}`;
const isHere = (name: string, { facts, resources }: Assembly): boolean =>
  resources.some(({ stack }) => stack.name === name && stack.region === facts.region);

function stackTasks(stacks: readonly string[], earlier: Deployed['earlier'], at: Circumstances, assembly: Assembly) {
  const { source, [at.pace]: minutes } = stepDurations.stack;
  return inTurn(stacks, earlier, at.concurrency).flatMap(({ stack, after }): readonly RecoveryTask[] => {
    const own = assembly.resources.filter((resource) => resource.stack.name === stack);
    const begin = { id: beginOf(stack), name: `deploy ${stack}`, minutes, stack, after: ['publish', ...after.map(endOf)], source };
    const end = { id: endOf(stack), name: `${stack} is deployed`, minutes: 0, stack, after: [begin.id, ...own.map(idOf)], source };
    return [begin, ...own.map((resource) => resourceTask(resource, at, assembly)), end];
  });
}

function resourceTask(resource: Resource, at: Circumstances, assembly: Assembly): RecoveryTask {
  const { source, [at.pace]: minutes } = durationOf(resource, at.gigabytes, at.measured);
  const within = [...dependencies(resource, assembly)].filter(({ stack }) => stack === resource.stack);
  return {
    id: idOf(resource),
    name: resource.logicalId,
    stack: resource.stack.name,
    type: resource.type,
    after: [beginOf(resource.stack.name), ...within.map(idOf)],
    ...{ minutes, source },
  };
}

/** Each stack with the stacks that it waits for: those it depends on, and with little concurrency others before it. */
function inTurn(stacks: readonly string[], earlier: Deployed['earlier'], concurrency: number) {
  const ordered = [...stacks].sort((one, other) => (earlier.get(one)?.size ?? 0) - (earlier.get(other)?.size ?? 0));
  return ordered.map((stack, index) => {
    const needed = [...(earlier.get(stack) ?? [])].filter((name) => stacks.includes(name));
    const turn = ordered[index - concurrency];
    return { stack, after: turn === undefined ? needed : [...needed, turn] };
  });
}

/** New hits are stored while old ones are replayed, so the replay is on nobody's way to an answered hit. */
function replayTask({ hitsPerSecond, recoveryPointHours, pace }: Circumstances): RecoveryTask {
  const hits = hitsPerSecond * recoveryPointHours * 3600;
  const spare = replayedPerSecond - hitsPerSecond;
  const minutes = hits === 0 ? 0 : spare > 0 ? hits / spare / 60 : Number.POSITIVE_INFINITY;
  const source = `${replayedPerSecond.toLocaleString('en-US')} rows a second (npm run bench:database), less the new hits`;
  const name = `replay the hits of ${recoveryPointHours} h`;
  return { id: milestones.complete.id, name, minutes: pace === 'slow' ? 2 * minutes : minutes, after: ['check'], source };
}
