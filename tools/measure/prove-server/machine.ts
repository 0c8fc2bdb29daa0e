// The server: qemu in software emulation, its console, its plug, and the shell by which its state is read.
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { createWriteStream, existsSync, rmSync, writeFileSync } from 'node:fs';
import { connect, type Socket } from 'node:net';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Image } from './image';
import { Lines } from './lines';
import { type Cut, cutPower } from './write-log';

/** How the processor is emulated: in software, or with the help of this machine's. */
export type Acceleration = 'tcg' | 'kvm';

export interface MachineOptions {
  /** Takes disks, logs and sockets. */
  readonly folder: string;
  readonly image: Image;
  readonly acceleration: Acceleration;
  /** Port on this machine's loopback that leads to the collector. */
  readonly collectorPort: number;
}

export interface Answer {
  readonly status: number;
  readonly output: string;
}

/** Copies a disk with its holes. */
export function copyDisk(from: string, to: string): void {
  const { status, stderr } = spawnSync('cp', ['--sparse=always', '--reflink=auto', from, to], { encoding: 'utf8' });
  if (status !== 0) throw new Error(`cp: expected it to copy ${from}, got status ${status}: ${stderr}`);
}

export class Machine {
  /** What the server has written to its console, over all boots. */
  readonly console = new Lines();
  private process: ChildProcess | undefined;
  private shell: Socket | undefined;
  private answers = new Lines();
  private asked = 0;
  private disks: string[];

  constructor(
    private readonly options: MachineOptions,
    dataDisks: readonly string[],
  ) {
    this.disks = ['root', ...dataDisks];
  }

  path(name: string): string {
    return join(this.options.folder, name);
  }

  /** Switches it on: the same disks, and the memory empty. */
  async start(): Promise<void> {
    for (const socket of ['shell', 'monitor']) rmSync(this.path(socket), { force: true });
    for (const disk of this.disks) {
      writeFileSync(this.path(`${disk}.log`), '');
      // The disk as it is before the boot, for a power cut to begin from.
      copyDisk(this.path(`${disk}.img`), this.path(`${disk}.before`));
    }
    const child = spawn('qemu-system-x86_64', this.args(), { stdio: ['ignore', 'pipe', 'pipe'] });
    this.process = child;
    const file = createWriteStream(this.path('console.log'), { flags: 'a' });
    for (const stream of [child.stdout, child.stderr]) {
      createInterface({ input: stream }).on('line', (line) => {
        file.write(`${line}\n`);
        this.console.add(line);
      });
    }
    this.shell = await this.open('shell');
    this.answers = new Lines();
    createInterface({ input: this.shell }).on('line', (line) => this.answers.add(line));
  }

  /**
   * Pulls its plug. What no flush has made durable is gone from every disk, as it would be from a disk with a cache of
   * its own.
   */
  async cut(): Promise<Readonly<Record<string, Cut>>> {
    await this.kill();
    const cuts = this.disks.map((disk) => {
      const cut = cutPower(this.path(`${disk}.log`), this.path(`${disk}.before`));
      copyDisk(this.path(`${disk}.before`), this.path(`${disk}.img`));
      return [disk, cut] as const;
    });
    return Object.fromEntries(cuts);
  }

  /** Takes a data disk away while the server runs, as EC2 does when a volume is detached by force. */
  async detach(disk: string): Promise<void> {
    const monitor = await this.open('monitor');
    const said = new Lines();
    createInterface({ input: monitor }).on('line', (line) => said.add(line));
    monitor.write(`{"execute":"qmp_capabilities"}\n{"execute":"device_del","arguments":{"id":"disk-${disk}"}}\n`);
    await said.find(/"event": "DEVICE_DELETED".*"device": "disk-/, 60_000);
    monitor.destroy();
    this.disks = this.disks.filter((name) => name !== disk);
  }

  /** Runs a command on the server, as root. */
  async ask(command: string, milliseconds = 120_000): Promise<Answer> {
    const number = ++this.asked;
    this.shell?.write(`${number} ${Buffer.from(command).toString('base64')}\n`);
    const [, status = '', output = ''] = await this.answers.find(new RegExp(`^${number} (\\d+) ?(\\S*)$`), milliseconds);
    return { status: Number(status), output: Buffer.from(output, 'base64').toString().trim() };
  }

  async kill(): Promise<void> {
    const child = this.process;
    if (child === undefined || child.exitCode !== null || child.signalCode !== null) return;
    const gone = new Promise((resolve) => child.once('exit', resolve));
    child.kill('SIGKILL');
    await gone;
    this.shell?.destroy();
  }

  private args(): string[] {
    const { image, acceleration, collectorPort } = this.options;
    const tcg = acceleration === 'tcg';
    return [
      ...['-accel', tcg ? 'tcg,thread=multi' : 'kvm', '-cpu', tcg ? 'max' : 'host', '-M', 'q35', '-smp', '2', '-m', '1536'],
      ...['-nodefaults', '-display', 'none', '-no-reboot', '-kernel', image.kernel, '-initrd', image.initrd],
      ...['-append', 'root=LABEL=root rw console=ttyS0 quiet systemd.show_status=0 systemd.journald.forward_to_console=1'],
      ...['-serial', 'stdio', '-serial', `unix:${this.path('shell')},server=on,wait=off`],
      ...['-qmp', `unix:${this.path('monitor')},server=on,wait=off`],
      ...['-netdev', `user,id=net,hostfwd=tcp:127.0.0.1:${collectorPort}-:8080`, '-device', 'virtio-net-pci,netdev=net'],
      ...['-device', 'virtio-rng-pci', '-drive', `file=${this.path('seed.img')},format=raw,if=virtio,readonly=on`],
      ...this.disks.flatMap((disk, index) => [
        ...['-blockdev', `driver=file,filename=${this.path(`${disk}.img`)},node-name=${disk}-image`],
        ...['-blockdev', `driver=file,filename=${this.path(`${disk}.log`)},node-name=${disk}-log`],
        ...['-blockdev', `driver=blklogwrites,file=${disk}-image,log=${disk}-log,node-name=${disk}`],
        ...['-device', `pcie-root-port,id=port-${disk},chassis=${index + 1},slot=${index + 1}`],
        // Not merged: the log adds a header to each write, and the largest merged one takes no more.
        ...['-device', `virtio-blk-pci,drive=${disk},serial=${disk},id=disk-${disk},bus=port-${disk},request-merging=off`],
      ]),
    ];
  }

  private async open(name: string): Promise<Socket> {
    for (let turn = 0; !existsSync(this.path(name)) || this.console.has(/^qemu-system/); turn++) {
      const ended = this.process?.exitCode !== null;
      if (turn > 100 || ended) throw new Error(`qemu: expected it to start, got ${this.console.last(3).join(' ') || 'nothing'}`);
      await sleep(100);
    }
    const socket = connect(this.path(name));
    await new Promise((resolve, reject) => socket.once('connect', resolve).once('error', reject));
    return socket;
  }
}
