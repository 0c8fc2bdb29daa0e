// How the collector's clients of AWS send requests: within time limits, with the time of each response compared, and
// with new credentials after expired ones.
import { NodeHttpHandler } from '@smithy/node-http-handler';
import { boundedRequests } from './bounded-requests';
import type { Clock } from './clock/clock';

type Options = Exclude<ConstructorParameters<typeof NodeHttpHandler>[0], undefined | (() => unknown)>;

/** Sends requests and compares the clock with the Date of each response, also of an error. */
export class DatedRequests extends NodeHttpHandler {
  constructor(
    private readonly clock: Clock,
    options: Options = {},
  ) {
    super({ ...boundedRequests, ...options });
  }

  override async handle(...call: Parameters<NodeHttpHandler['handle']>): ReturnType<NodeHttpHandler['handle']> {
    const asked = this.clock.moment();
    const answer = await super.handle(...call);
    this.clock.observe(answer.response.headers.date, asked);
    return answer;
  }
}

type Step = <Input, Output>(next: (call: Input) => Promise<Output>) => (call: Input) => Promise<Output>;

/** A client of the SDK. */
interface Client {
  readonly config: { readonly credentials: (options: { readonly forceRefresh: boolean }) => Promise<unknown> };
  readonly middlewareStack: { add(step: Step, options: { readonly step: 'initialize'; readonly name: string }): void };
}

/**
 * Reads credentials again after AWS refused them as expired. The SDK compares their expiry with the clock: one that
 * was set back would use them for as long. The failed call is repeated by its caller.
 */
export function withRenewal<T extends Client>(client: T): T {
  const renew: Step = (next) => async (call) => {
    try {
      return await next(call);
    } catch (error) {
      if (error instanceof Error && expired.test(error.name))
        await client.config.credentials({ forceRefresh: true }).catch(() => undefined);
      throw error;
    }
  };
  client.middlewareStack.add(renew, { step: 'initialize', name: 'renewCredentials' });
  return client;
}

/** `ExpiredToken` of S3, `ExpiredTokenException` of others ("Common errors"). */
const expired = /^ExpiredToken(?:Exception)?$/;
