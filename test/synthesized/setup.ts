// Jest's globalSetup, before the test processes, which inherit the environment.
import { makeFolder, programsFolder } from './folder';
import { buildPrograms } from './programs';

export default async function setUp(): Promise<void> {
  makeFolder();
  await buildPrograms(programsFolder());
  // The library's own validation of templates takes most of the time of a synth; `npm run check` runs it.
  process.env.CDK_VALIDATION = 'false';
}
