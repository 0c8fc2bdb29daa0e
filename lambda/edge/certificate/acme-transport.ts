// Error handling of the ACME library's requests: fails at once with the authority's reason, instead of waiting for
// hours.
import { axios } from 'acme-client';

/** The authority did not answer, or answered with a server error: a later request may succeed. */
export class UnavailableError extends Error {
  override readonly name = 'UnavailableError';
}

interface Answer {
  readonly status: number;
  readonly data?: unknown;
  readonly headers: { readonly [name: string]: unknown };
  readonly config: { readonly url?: string | undefined };
}

/**
 * By default the library retries five times after the delay of `Retry-After`, which exceeds the function's timeout
 * when an authority limits the rate, and it turns a failed connection into a TypeError. It retries bad nonces with any
 * setting.
 */
const { acmeSettings } = axios.defaults as unknown as { readonly acmeSettings: { retryMaxAttempts: number } };
acmeSettings.retryMaxAttempts = 0;
axios.defaults.timeout = 30_000;
axios.interceptors.response.use(checkStatus, (cause: unknown) => {
  throw new UnavailableError('no answer', { cause });
});

function checkStatus<Response extends Answer>(response: Response): Response {
  const { status, headers } = response;
  if (status >= 500) throw new UnavailableError(`status ${status}: ${detailOf(response)}`);
  if (status === 429) {
    const after = headers['retry-after'] === undefined ? '' : ` (retry after ${headers['retry-after']})`;
    throw new Error(`rate limit: ${detailOf(response)}${after}`);
  }
  return response;
}

/** The detail of the problem document. (RFC 7807, RFC 8555 section 6.7) */
function detailOf({ data, config }: Answer): string {
  const { detail } = Object(data) as { readonly detail?: unknown };
  return typeof detail === 'string' ? detail : `no detail from ${config.url}`;
}
