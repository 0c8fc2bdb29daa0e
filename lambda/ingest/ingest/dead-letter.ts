// Dead letters: objects with records that could not be stored. The format is Lambda's, so that one replay reads both
// kinds.
import { randomUUID } from 'node:crypto';
import type { ObjectStore } from '../../../runtime/object-store';
import { readStreamEvent, type StreamRecord, streamEventOf } from './stream-event';

/**
 * Folder of this function's dead letters; Lambda's are below `aws/lambda/` ("Retain discarded batch records for a
 * Kinesis Data Streams event source").
 */
const folder = 'set-aside';

/** Writes records to a new object. @returns its key */
export async function setAside(letters: ObjectStore, records: readonly StreamRecord[], now: Date): Promise<string> {
  const key = `${folder}/${now.toISOString().slice(0, 10)}/${now.toISOString().replaceAll(':', '')}-${randomUUID()}`;
  const letter = {
    version: '1.0',
    timestamp: now.toISOString(),
    requestContext: { condition: 'SetAside' },
    payload: JSON.stringify(streamEventOf(records)),
  };
  if (!(await letters.write(key, JSON.stringify(letter), 'application/json', undefined))) {
    throw new Error(`dead letter ${key}: expected a new key, got an existing one; the batch is delivered again`);
  }
  return key;
}

/** The records of an object written by Lambda or {@link setAside}. */
export async function readDeadLetter(letters: ObjectStore, key: string): Promise<StreamRecord[]> {
  const letter = await letters.read(key);
  if (!letter) throw new Error(`dead letter ${key}: expected an object, got none; list the bucket`);
  const payload = (asJson(key, letter.text) as { payload?: unknown } | null)?.payload;
  if (typeof payload !== 'string') {
    throw new Error(
      `dead letter ${key}: expected a payload with the records, got none; read them from the archive, by the times in the letter`,
    );
  }
  return readStreamEvent(asJson(key, payload));
}

function asJson(key: string, text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new Error(`dead letter ${key}: expected JSON, got something else; choose an object that Lambda or the function ingest wrote`);
  }
}
