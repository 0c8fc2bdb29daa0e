// Notices of the queue: each message is an event of EventBridge for an object that the load balancer has landed.
import { type Counts, type Parts, redactObject, total } from './redact-object';

/** Messages that SQS delivers again ("Implementing partial batch responses", AWS Lambda Developer Guide). */
export interface BatchResponse {
  readonly batchItemFailures: readonly { readonly itemIdentifier: string }[];
}

/** The properties of a message that are used here ("Using Lambda with Amazon SQS"). */
export interface Message {
  readonly messageId: string;
  readonly body: string;
}

export interface NoticeParts extends Parts {
  /** Name of the landing bucket. */
  readonly bucket: string;
  /** Whether there is time to redact another object. */
  readonly timeLeft: () => boolean;
}

/**
 * Redacts the objects of the messages, one after the other. Messages whose object could not be redacted, or for which
 * no time was left, are delivered again.
 */
export async function redactNoticed(
  messages: readonly Message[],
  parts: NoticeParts,
): Promise<{ response: BatchResponse; counts: Counts }> {
  const counts: Counts[] = [];
  const failed: string[] = [];
  for (const message of messages) {
    const done = parts.timeLeft() ? await redactMessage(message, parts) : undefined;
    if (done) counts.push(done);
    else failed.push(message.messageId);
  }
  return { response: { batchItemFailures: failed.map((itemIdentifier) => ({ itemIdentifier })) }, counts: total(counts) };
}

async function redactMessage(message: Message, parts: NoticeParts): Promise<Counts | undefined> {
  try {
    return await redactObject(keyOf(message, parts.bucket), parts);
  } catch (error) {
    console.error('the message is delivered again', error);
    return undefined;
  }
}

/**
 * The key in an event `Object Created`, which EventBridge does not encode, unlike the notifications of S3 itself.
 *
 * @throws Error for a message of another form
 */
function keyOf({ messageId, body }: Message, bucket: string): string {
  const { detail } = JSON.parse(body) as {
    readonly detail?: { readonly bucket?: { name?: unknown }; readonly object?: { key?: unknown } };
  };
  const key = detail?.object?.key;
  if (detail?.bucket?.name !== bucket || typeof key !== 'string') {
    throw new Error(`message ${messageId}: expected an event of an object of ${bucket}, got another one; find its sender`);
  }
  return key;
}
