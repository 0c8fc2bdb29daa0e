// Runs the work of a custom resource and always answers CloudFormation. Without an answer the stack operation hangs.
import { isDeepStrictEqual } from 'node:util';

/** A request of CloudFormation (AWS CloudFormation User Guide, "Custom resource request reference"). */
export interface CustomResourceEvent {
  readonly RequestType: 'Create' | 'Update' | 'Delete';
  readonly ResponseURL: string;
  readonly StackId: string;
  readonly RequestId: string;
  readonly LogicalResourceId: string;
  /** Absent in a Create request. */
  readonly PhysicalResourceId?: string;
  readonly ResourceProperties: Readonly<Record<string, unknown>>;
  /** The properties before an Update; absent in other requests. */
  readonly OldResourceProperties?: Readonly<Record<string, unknown>>;
}

/** The properties of Lambda's context object that are used here. */
export interface InvocationContext {
  readonly awsRequestId: string;
  readonly logGroupName: string;
  getRemainingTimeInMillis(): number;
}

/**
 * Whether the request creates the resource, or updates one of these properties. CloudFormation also sends such an
 * Update when it rolls back.
 */
export function createsOrChanges(event: CustomResourceEvent, ...properties: readonly string[]): boolean {
  const { RequestType, ResourceProperties: after, OldResourceProperties: before = after } = event;
  return (
    RequestType === 'Create' || (RequestType === 'Update' && !properties.every((name) => isDeepStrictEqual(after[name], before[name])))
  );
}

/** Attributes of the resource for `Fn::GetAtt`. */
export type Attributes = Readonly<Record<string, string | number>>;

/** Part of the function's time reserved for the answer, in milliseconds. */
const timeToAnswer = 10_000;
const attempts = 3;
/** The response object has a limit of 4096 bytes. */
const longestReason = 1000;

/**
 * Runs `work` and sends its outcome to CloudFormation: SUCCESS with the attributes, or FAILED with the reason. Work
 * that exceeds its time fails too; its signal is aborted before the answer is sent, so that no change follows a
 * reported failure.
 *
 * @throws AnswerNotSentError if the answer cannot be sent. Lambda then repeats the invocation, so `work` must be
 * idempotent.
 */
export async function answerCloudFormation(
  event: CustomResourceEvent,
  context: InvocationContext,
  work: (signal: AbortSignal) => Promise<Attributes>,
): Promise<void> {
  const answer = {
    StackId: event.StackId,
    RequestId: event.RequestId,
    LogicalResourceId: event.LogicalResourceId,
    // Unchanged: with another id, CloudFormation deletes the old resource.
    PhysicalResourceId: event.PhysicalResourceId ?? event.LogicalResourceId,
  };
  try {
    const data = await withTimeLimit(work, context.getRemainingTimeInMillis() - timeToAnswer);
    await sendAnswer(event.ResponseURL, { ...answer, Status: 'SUCCESS', Data: data });
  } catch (error) {
    if (error instanceof AnswerNotSentError) throw error;
    console.error(error);
    const reason = `${messageOf(error).slice(0, longestReason)} (log group ${context.logGroupName}, request ${context.awsRequestId})`;
    await sendAnswer(event.ResponseURL, { ...answer, Status: 'FAILED', Reason: reason });
  }
}

/** The message of an error and of its parts: the only text that CloudFormation shows. */
function messageOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const parts = error instanceof AggregateError ? error.errors.map(messageOf) : [];
  return [error.message, ...parts].join(': ');
}

async function withTimeLimit<T>(work: (signal: AbortSignal) => Promise<T>, milliseconds: number): Promise<T> {
  const controller = new AbortController();
  let timer: NodeJS.Timeout | undefined;
  const limit = new Promise<never>((_, reject) => {
    timer = setTimeout(() => {
      const timeout = new Error(`not done after ${milliseconds} ms`);
      // Listeners run within this call: the work is cut off before the failure is reported.
      reject(timeout);
      controller.abort(timeout);
    }, milliseconds);
  });
  try {
    return await Promise.race([work(controller.signal), limit]);
  } finally {
    clearTimeout(timer);
  }
}

class AnswerNotSentError extends Error {}

async function sendAnswer(url: string, answer: object): Promise<void> {
  let last: unknown;
  for (let attempt = 1; attempt <= attempts; attempt++) {
    try {
      // The presigned URL covers an empty content type.
      const response = await fetch(url, {
        method: 'PUT',
        headers: { 'content-type': '' },
        body: JSON.stringify(answer),
        signal: AbortSignal.timeout(timeToAnswer / (attempts + 1)),
      });
      if (response.ok) return;
      last = new Error(`status ${response.status}`);
    } catch (error) {
      last = error;
    }
    console.warn(`attempt ${attempt} of ${attempts} to answer CloudFormation failed`, last);
  }
  throw new AnswerNotSentError('the answer could not be sent to CloudFormation', { cause: last });
}
