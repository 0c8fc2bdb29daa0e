// Templates of data: the servers of one test run start from copies instead of from `initdb` and all migrations.
import { execFile } from 'node:child_process';
import { rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';

/** Names the folder of the templates; without it there are none. */
export const templatesVariable = 'REMPART_DATABASE_TEMPLATES';

const templateNamed = (name: string): string | undefined => {
  const folder = process.env[templatesVariable];
  return folder === undefined || folder === '' ? undefined : join(folder, name);
};

/** The template of a server without databases. */
export const emptyTemplate = (): string | undefined => templateNamed('empty');

/** The template of a server with the migrations of this day, which create partitions for it and the next ones. */
export const migratedTemplate = (): string | undefined => templateNamed(`migrated-${new Date().toISOString().slice(0, 10)}`);

/** Copies the data of a server that does not run. The files keep their owner, the user of the server. */
export async function copyData(from: string, to: string): Promise<void> {
  await promisify(execFile)('cp', ['-Rp', from, to]);
}

/** Makes a template from a copy of the data, unless another process was first. */
export async function keepTemplate(data: string, template: string): Promise<void> {
  const own = `${template}.${process.pid}`;
  await copyData(data, own);
  await rename(own, template).catch(() => rm(own, { recursive: true, force: true }));
}
