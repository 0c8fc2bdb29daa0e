// Runs the commands of npm run vpn in this process, over a local authority in a temporary folder.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Command } from '../../../tools/command-line';
import { initCommand } from '../../../tools/vpn/init';
import { issueCommand, renewCommand } from '../../../tools/vpn/issue';
import { listCommand } from '../../../tools/vpn/list';
import { profileCommand } from '../../../tools/vpn/profile';
import { requestCommand } from '../../../tools/vpn/request';
import { revokeCommand } from '../../../tools/vpn/revoke';

const commands: Readonly<Record<string, Command>> = {
  request: requestCommand,
  init: initCommand,
  issue: issueCommand,
  list: listCommand,
  renew: renewCommand,
  revoke: revokeCommand,
  profile: profileCommand,
};

export class LocalVpn {
  readonly folder = mkdtempSync(join(tmpdir(), 'rempart-vpn-'));
  readonly authority = `local:${join(this.folder, 'authority')}`;

  path = (name: string): string => join(this.folder, name);
  /** A file of the authority. */
  authorityPath = (name: string): string => join(this.folder, 'authority', name);

  /** Runs a command with the local authority; its output. */
  async run(command: string, ...args: readonly string[]): Promise<string> {
    const log = jest.spyOn(console, 'log').mockImplementation(() => undefined);
    try {
      const places = command === 'request' || args.includes('--from') ? [] : ['--authority', this.authority];
      if ((await commands[command]?.run([...places, ...args])) !== 0) throw new Error(`${command}: expected exit code 0, got another`);
      return log.mock.calls.map(([line]) => String(line)).join('\n');
    } finally {
      log.mockRestore();
    }
  }

  async json<Result>(command: string, ...args: readonly string[]): Promise<Result> {
    return JSON.parse(await this.run(command, ...args, '--json')) as Result;
  }

  /** A request of a person, in files of this name. */
  request(person: string, name = person): Promise<string> {
    return this.run('request', '--person', person, '--key', this.path(`${name}.key`), '--request', this.path(`${name}.csr`));
  }

  /** Issues a certificate for a request of this name. */
  issue(person: string, name = person, ...more: readonly string[]): Promise<Issued> {
    const files = ['--request', this.path(`${name}.csr`), '--out', this.path(`${name}.crt`)];
    return this.json<Issued>('issue', '--person', person, ...files, ...more);
  }

  remove(): void {
    rmSync(this.folder, { recursive: true, force: true });
  }
}

export interface Issued {
  readonly person: string;
  readonly serial: string;
  readonly commonName: string;
  readonly expires: string;
  readonly file: string;
}
