// Jest's globalSetup, before the test processes, which inherit the environment.
import { makeFolder } from './folder';

export default function setUp(): void {
  makeFolder();
  // The library's own validation of templates takes most of the time of a synth; `npm run check` runs it.
  process.env.CDK_VALIDATION = 'false';
}
