// How the ACME library meets an authority that does not serve it: it fails at once and says why, instead of waiting for hours.
import { axios } from 'acme-client';

/** The authority gave no answer, or none of its own fault: the same question may be answered a little later. */
export class Unavailable extends Error {
  override readonly name = 'Unavailable';
}

interface Answer {
  readonly status: number;
  readonly data?: unknown;
  readonly headers: { readonly [name: string]: unknown };
  readonly config: { readonly url?: string | undefined };
}

/**
 * By itself the library repeats after as long as `Retry-After` says, five times, which is past the end of the function where an
 * authority limits the rate, and makes a TypeError of a connection that fails. Bad nonces it repeats by itself in any case.
 */
const { acmeSettings } = axios.defaults as unknown as { readonly acmeSettings: { retryMaxAttempts: number } };
acmeSettings.retryMaxAttempts = 0;
axios.defaults.timeout = 30_000;
axios.interceptors.response.use(checkStatus, (cause: unknown) => {
  throw new Unavailable('no answer', { cause });
});

function checkStatus<Response extends Answer>(response: Response): Response {
  const { status, headers } = response;
  if (status >= 500) throw new Unavailable(`status ${status}: ${detailOf(response)}`);
  if (status === 429) {
    const after = headers['retry-after'] === undefined ? '' : ` (retry after ${headers['retry-after']})`;
    throw new Error(`rate limit: ${detailOf(response)}${after}`);
  }
  return response;
}

/** The problem document's own words. (RFC 7807, RFC 8555 section 6.7) */
function detailOf({ data, config }: Answer): string {
  const { detail } = Object(data) as { readonly detail?: unknown };
  return typeof detail === 'string' ? detail : `no detail from ${config.url}`;
}
