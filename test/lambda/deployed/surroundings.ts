// The surroundings of a deployed function on this machine: its bundle in a process, a mock of RDS Proxy with TLS and
// IAM tokens, and mocks of AWS endpoints.
import { type ChildProcess, fork } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { functionBundles } from '../../../lib/functions/bundle';
import { type AwsEndpoint, startAwsEndpoint } from './aws-endpoint';
import { makeCertificate } from './certificate';
import { type DatabaseDoor, master, openDoor } from './database-door';
import type { InstanceMessage, Invocation } from './instance-process';

/** An instance of a function. */
export interface Instance {
  /** The handler's result. Throws the text of its error. */
  invoke(event: unknown, milliseconds?: number): Promise<unknown>;
  /** Objects that its invocations have logged. */
  readonly logged: readonly unknown[];
  stop(): Promise<void>;
}

export interface Surroundings {
  readonly aws: AwsEndpoint;
  readonly door: DatabaseDoor;
  /** Variables of every function with a database. */
  readonly database: Readonly<Record<string, string>>;
  /** File with the certificate of the mocked proxy. */
  readonly certificateFile: string;
  /** Starts an instance: the deployed bundle, with these variables only. Throws the error of the module. */
  start(control: string, variables: Readonly<Record<string, string>>): Promise<Instance>;
  /** IAM actions of all calls so far, sorted: those to the endpoints, and sign-ins with a token of IAM. */
  calls(): readonly string[];
  /** Forgets the calls so far, as those of another function. */
  forgetCalls(): void;
  close(): Promise<void>;
}

/** Surroundings of functions with the local server at this port. */
export async function surround(serverPort: number): Promise<Surroundings> {
  const folder = await mkdtemp(join(tmpdir(), 'rempart-function-'));
  const certificate = await makeCertificate();
  const certificateFile = join(folder, 'certificate.pem');
  await writeFile(certificateFile, certificate.certificate);
  const [aws, door] = await Promise.all([startAwsEndpoint(), openDoor(serverPort, certificate)]);
  const instances = new Set<Instance>();
  const environment = {
    PATH: process.env.PATH ?? '',
    AWS_REGION: 'eu-west-3',
    AWS_ACCESS_KEY_ID: 'test',
    AWS_SECRET_ACCESS_KEY: 'test',
    AWS_ENDPOINT_URL: aws.url,
    // In place of Amazon's authorities.
    NODE_EXTRA_CA_CERTS: certificateFile,
    NODE_NO_WARNINGS: '1',
  };
  return {
    aws,
    door,
    certificateFile,
    database: {
      DATABASE_HOST: 'localhost',
      DATABASE_PORT: String(door.port),
      DATABASE_NAME: 'rempart',
      CONTEXT_KEY_SECRET: 'context-key',
    },
    async start(control, variables) {
      const bundle = join(folder, `${control}.js`);
      await writeFile(bundle, functionBundles().get(control) ?? '');
      const instance = await startInstance(bundle, { ...environment, ...variables });
      instances.add(instance);
      return instance;
    },
    calls: () => {
      const signIns = door.admitted.filter((user) => user !== master).map((user) => `rds-db:connect ${user}`);
      return [...new Set([...aws.calls, ...signIns])].sort();
    },
    forgetCalls() {
      for (const list of [aws.calls, aws.sessionCalls, door.admitted]) list.length = 0;
    },
    async close() {
      await Promise.all([...instances].map((instance) => instance.stop()));
      await Promise.all([aws.close(), door.close()]);
      await rm(folder, { recursive: true, force: true });
    },
  };
}

async function startInstance(bundle: string, env: Record<string, string>): Promise<Instance> {
  const child = fork(require.resolve('./instance-process.ts'), [bundle], {
    execArgv: ['--import', 'tsx'],
    env,
    stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
  });
  const stop = async () => {
    if (child.exitCode !== null || child.signalCode !== null) return;
    const ended = new Promise((resolve) => child.once('exit', resolve));
    if (child.connected) child.disconnect();
    await ended;
  };
  try {
    await answerOf(child);
  } catch (error) {
    await stop();
    throw error;
  }
  const logged: unknown[] = [];
  child.on('message', (message: InstanceMessage) => logged.push(...(message.logged ?? [])));
  return {
    logged,
    async invoke(event, milliseconds = 60_000) {
      child.send({ event, milliseconds } satisfies Invocation);
      return answerOf(child);
    },
    stop,
  };
}

/** The next message of the instance. */
function answerOf(child: ChildProcess): Promise<unknown> {
  return new Promise((resolve, reject) => {
    let errors = '';
    const note = (chunk: unknown) => {
      errors += chunk;
    };
    const ended = (code: number | null) => reject(new Error(`instance: expected an answer, got its end with code ${code}; ${errors}`));
    child.stderr?.on('data', note);
    child.once('exit', ended);
    child.once('message', (message: InstanceMessage) => {
      child.off('exit', ended);
      child.stderr?.off('data', note);
      child.stderr?.resume();
      if ('error' in message) reject(new Error(message.error));
      else resolve('result' in message ? message.result : undefined);
    });
  });
}

/** The context key as its secret holds it. */
export const keySecret = ({ version, key }: { readonly version: number; readonly key: Buffer }): string =>
  JSON.stringify({ version, key: key.toString('base64') });
