// When each task of a recovery begins and ends, and which of them decide the end.

export interface Task {
  readonly id: string;
  /** Minutes. */
  readonly minutes: number;
  /** Tasks that end before this one begins. */
  readonly after: readonly string[];
}

export interface Timed<T extends Task> {
  readonly task: T;
  /** Minutes since the alarm. */
  readonly begin: number;
  readonly end: number;
}

/**
 * The earliest times of tasks that run side by side without limit.
 *
 * @throws Error for an unknown task and for a cycle
 */
export function schedule<T extends Task>(tasks: readonly T[]): ReadonlyMap<string, Timed<T>> {
  const known = new Map(tasks.map((task) => [task.id, task]));
  const timed = new Map<string, Timed<T>>();
  const open = new Set<string>();
  const timeOf = (id: string): Timed<T> => {
    const found = timed.get(id);
    if (found) return found;
    const task = known.get(id);
    if (!task) throw new Error(`schedule: expected a task ${id}, got none; add it, or remove what names it`);
    if (open.has(id)) throw new Error(`schedule: expected an order, got a cycle through ${id}; remove one of its dependencies`);
    open.add(id);
    const begin = Math.max(0, ...task.after.map((earlier) => timeOf(earlier).end));
    const result = { task, begin, end: begin + task.minutes };
    timed.set(id, result);
    return result;
  };
  for (const { id } of tasks) timeOf(id);
  return timed;
}

/** The tasks that decide when `id` ends, the first one first: each begins when the one before it ends. */
export function criticalPath<T extends Task>(timed: ReadonlyMap<string, Timed<T>>, id: string): readonly Timed<T>[] {
  const path: Timed<T>[] = [];
  for (let step = timed.get(id); step !== undefined; step = latestBefore(step, timed)) path.unshift(step);
  return path;
}

function latestBefore<T extends Task>({ task, begin }: Timed<T>, timed: ReadonlyMap<string, Timed<T>>): Timed<T> | undefined {
  const earlier = task.after.flatMap((id) => timed.get(id) ?? []);
  return earlier.find(({ end }) => end === begin);
}
