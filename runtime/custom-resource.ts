// Custom resources: does the work and answers CloudFormation, whatever happens. A resource that is not answered hangs the stack.

/** What CloudFormation sends (AWS CloudFormation User Guide, "Custom resource request reference"). */
export interface CustomResourceEvent {
  readonly RequestType: 'Create' | 'Update' | 'Delete';
  readonly ResponseURL: string;
  readonly StackId: string;
  readonly RequestId: string;
  readonly LogicalResourceId: string;
  /** Missing in the first request. */
  readonly PhysicalResourceId?: string;
  readonly ResourceProperties: Readonly<Record<string, unknown>>;
}

/** What Lambda tells of the invocation, as far as it is used here. */
export interface InvocationContext {
  readonly awsRequestId: string;
  readonly logGroupName: string;
  getRemainingTimeInMillis(): number;
}

/** Values that `Fn::GetAtt` reads from the resource. */
export type Attributes = Readonly<Record<string, string | number>>;

/** Milliseconds kept back from the function's time to send the answer. */
const timeToAnswer = 10_000;
const attempts = 3;
/** CloudFormation takes answers of up to 4096 bytes. */
const longestReason = 1000;

/**
 * Runs `work` and sends its outcome to CloudFormation: SUCCESS with the attributes, or FAILED with the reason, also when the work
 * takes too long: its signal is then aborted before the answer is sent, so that nothing is done that was reported as failed. Throws only if the answer cannot be sent; the invocation is then repeated by Lambda, so work must bear that.
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
    // Stays what it was: another one would tell CloudFormation to delete the old resource.
    PhysicalResourceId: event.PhysicalResourceId ?? event.LogicalResourceId,
  };
  try {
    const data = await inTime(work, context.getRemainingTimeInMillis() - timeToAnswer);
    await send(event.ResponseURL, { ...answer, Status: 'SUCCESS', Data: data });
  } catch (error) {
    if (error instanceof NotSent) throw error;
    console.error(error);
    const reason = `${messageOf(error).slice(0, longestReason)} (log group ${context.logGroupName}, request ${context.awsRequestId})`;
    await send(event.ResponseURL, { ...answer, Status: 'FAILED', Reason: reason });
  }
}

/** What went wrong, with what went wrong underneath: CloudFormation shows this text and nothing else. */
function messageOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const parts = error instanceof AggregateError ? error.errors.map(messageOf) : [];
  return [error.message, ...parts].join(': ');
}

async function inTime<T>(work: (signal: AbortSignal) => Promise<T>, milliseconds: number): Promise<T> {
  const controller = new AbortController();
  let timer: NodeJS.Timeout | undefined;
  const limit = new Promise<never>((_, reject) => {
    timer = setTimeout(() => {
      const late = new Error(`not done after ${milliseconds} ms`);
      // Listeners run within this call: what they cut off is cut off before anybody is told.
      reject(late);
      controller.abort(late);
    }, milliseconds);
  });
  try {
    return await Promise.race([work(controller.signal), limit]);
  } finally {
    clearTimeout(timer);
  }
}

class NotSent extends Error {}

async function send(url: string, answer: object): Promise<void> {
  let last: unknown;
  for (let attempt = 1; attempt <= attempts; attempt++) {
    try {
      // The URL is signed for an empty content type.
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
  throw new NotSent('CloudFormation could not be answered', { cause: last });
}
