// Runs work that lasts minutes and never returns to its event loop. A thread ends with its process, however that ends;
// a child process would run on after the death of its parent, which only an event loop notices.
import { availableParallelism } from 'node:os';
import { Worker } from 'node:worker_threads';

/** Most threads at a time: each holds the templates and their canonical forms. */
const mostThreads = 4;

/** Number of threads at a time: one for each core, four at most. */
export const threadsAtATime = (): number => Math.min(availableParallelism(), mostThreads);

/** A module whose function `run` answers an input. Both are copied between threads ("structured clone algorithm"). */
export interface Work<Input> {
  /** Absolute path of the module. */
  readonly module: string;
  readonly input: Input;
}

/** What a thread sends: the answer of its work, or what the work threw. */
type Sent<Output> = { readonly answer: Output } | { readonly thrown: unknown };

/**
 * What a thread evaluates: the loader of TypeScript, then the work. An error is sent, not thrown: Node.js aborts the
 * whole process where a thread is terminated while the source line of its uncaught error is added to the stack.
 */
const program = `
  const { parentPort, workerData } = require('node:worker_threads');
  try {
    require(workerData.loader);
    parentPort.postMessage({ answer: require(workerData.module).run(workerData.input) });
  } catch (thrown) {
    parentPort.postMessage({ thrown });
  }
`;

/**
 * The answers, in the order of the works. Works start in that order, as many at a time as `threadsAtATime`; `answered`
 * is called with each answer and its number. Throws the first error of a work, after the others have ended.
 */
export async function inThreads<Output>(
  works: readonly Work<unknown>[],
  answered: (answer: Output, index: number) => void = () => {},
): Promise<readonly Output[]> {
  const answers: Output[] = [];
  const waiting = [...works.entries()];
  const running = new Set<Worker>();
  const lane = async (): Promise<void> => {
    for (let next = waiting.shift(); next; next = waiting.shift()) {
      const [index, { module, input }] = next;
      const thread = new Worker(program, { eval: true, workerData: { loader: require.resolve('tsx/cjs'), module, input } });
      running.add(thread);
      const answer = await answerOf<Output>(thread, module);
      running.delete(thread);
      answers[index] = answer;
      answered(answer, index);
    }
  };
  try {
    await Promise.all(Array.from({ length: threadsAtATime() }, lane));
    return answers;
  } finally {
    waiting.length = 0;
    await Promise.all([...running].map((thread) => thread.terminate()));
  }
}

function answerOf<Output>(thread: Worker, module: string): Promise<Output> {
  return new Promise((resolve, reject) => {
    thread.once('message', (sent: Sent<Output>) => ('thrown' in sent ? reject(sent.thrown) : resolve(sent.answer)));
    thread.once('error', reject);
    thread.once('exit', (code) => reject(new Error(`${module}: expected an answer, got none; the thread ended with ${code}`)));
  });
}
