// Options of the spool: its folder, its limits and the machine that it runs on.
import type { Boot } from '../clock/boot';
import type { Report } from '../report';
import type { Files } from './files';

export interface SpoolOptions {
  readonly folder: string;
  /** Size limit in bytes, including data in memory; above it hits are refused. */
  readonly limitBytes: number;
  /** Longest wait of a group for further hits, in milliseconds. */
  readonly commitDelayMilliseconds: number;
  /** Whether to wait for fsync. @default true */
  readonly durable?: boolean;
  /** Folder of the array in sysfs. @default - the array is not monitored */
  readonly arrayFolder?: string | undefined;
  /** Size that completes a segment. @default 8 MiB */
  readonly segmentBytes?: number;
  /** Age that completes a segment while no other segment waits for the stream. @default 500 ms */
  readonly sealAfterMilliseconds?: number;
  readonly report: Report;
  /** @default the file system of the machine */
  readonly files?: Files;
  /** @default the boot of the machine */
  readonly boot?: Boot;
}
