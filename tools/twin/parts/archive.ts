// The archive: the records of the stream as compressed JSON Lines by site and day in the bucket, in the form in which
// Firehose delivers.
import { gzipSync } from 'node:zlib';
import { PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { splitLines } from '../../../runtime/hit-lines';
import { region, type StreamAnswer, type StreamEvent, type StreamRecord } from './event-source';

export const archiveBucket = 'archive';

/** A client of the stand-in, which accepts only these credentials. */
export function archiveClient(endpoint: string): S3Client {
  return new S3Client({ region, endpoint, forcePathStyle: true, credentials: { accessKeyId: 'S3RVER', secretAccessKey: 'S3RVER' } });
}

export class Archive {
  /** Objects put since the start of the process. */
  objects = 0;
  hits = 0;

  constructor(private readonly client: S3Client) {}

  /** Puts a batch into the bucket. The same batch has the same names, and replaces the same objects. */
  async deliver({ Records: records }: StreamEvent): Promise<StreamAnswer> {
    const files = new Map<string, string[]>();
    for (const line of records.flatMap(linesOf)) {
      const name = nameOf(line);
      const lines = files.get(name);
      if (lines) lines.push(line);
      else files.set(name, [line]);
    }
    const batch = records[0]?.eventID.replaceAll(/[^\w-]/g, '-') ?? '';
    for (const [name, lines] of files) {
      const body = gzipSync(`${lines.join('\n')}\n`);
      await this.client.send(new PutObjectCommand({ Bucket: archiveBucket, Key: `${name}/${batch}.jsonl.gz`, Body: body }));
      this.objects++;
      this.hits += lines.length;
    }
    return {};
  }
}

const linesOf = ({ kinesis }: StreamRecord): string[] =>
  splitLines(Buffer.from(kinesis.data, 'base64')).map((line) => Buffer.from(line).toString('utf8'));

/** `hits/site=7/day=2026-11-24`; `errors` for a line that is no hit. */
function nameOf(line: string): string {
  try {
    const { site, received } = JSON.parse(line) as { site?: unknown; received?: unknown };
    if (typeof site === 'number' && typeof received === 'string') return `hits/site=${site}/day=${received.slice(0, 10)}`;
  } catch {
    // Below, like every line that is no hit.
  }
  return 'errors';
}
