// Works of the tests of threads.
import { writeFileSync } from 'node:fs';

/** What a work does with its name: answers it, fails, ends without an answer, or writes a file again and again. */
export type Input = { readonly answer: string } | { readonly fail: string } | { readonly end: true } | { readonly beat: string };

export function run(input: Input): string {
  if ('answer' in input) return input.answer.toUpperCase();
  if ('fail' in input) throw new Error(input.fail);
  if ('end' in input) return process.exit(3);
  // No event loop runs meanwhile: nothing but the end of the thread ends it.
  const sleeper = new Int32Array(new SharedArrayBuffer(4));
  for (;;) {
    writeFileSync(input.beat, String(Date.now()));
    Atomics.wait(sleeper, 0, 0, 20);
  }
}
