// Answers of the hit paths, with the CORS header fields that let pages of other origins send hits.
import { answer, embeddable, refusal, uncached } from '../http/answer';
import { type Fields, originFields } from '../http/cors';
import type { Answer } from '../http/message';

/** One transparent pixel. */
const pixel = Buffer.from('R0lGODlhAQABAIAAAAAAAP///yH5BAEAAAAALAAAAAABAAEAAAICRAEAOw==', 'base64');
const pixelFields: Fields = { 'Content-Type': 'image/gif', ...uncached };
/** Names of header fields, separated by commas, as a preflight request has them (Fetch standard). */
const fieldNames = /^[\w!#$%&'*+.^`|~, -]{1,1000}$/;
/** Maximum number of origins with cached answers. */
const mostOrigins = 1000;

export class Replies {
  private readonly cached = { pixel: new Map<string, Answer>(), empty: new Map<string, Answer>() };

  /** The answer if all hits were accepted. @param cookie value of `Set-Cookie` */
  taken(form: 'pixel' | 'empty', origin: string | undefined, cookie?: string): Answer {
    if (cookie !== undefined) return this.make(form, origin, { 'Set-Cookie': cookie });
    const answers = this.cached[form];
    const ready = answers.get(origin ?? '');
    if (ready !== undefined) return ready;
    const created = this.make(form, origin, {});
    if (answers.size >= mostOrigins) answers.clear();
    answers.set(origin ?? '', created);
    return created;
  }

  private make(form: 'pixel' | 'empty', origin: string | undefined, more: Fields): Answer {
    const fields = { ...originFields(origin), ...more };
    return form === 'empty'
      ? answer({ status: 204, fields: { ...embeddable, ...fields } })
      : answer({ status: 200, fields: { ...pixelFields, ...fields }, body: pixel });
  }

  /** The answer to a batch of which some hits, or all (400), were rejected. */
  partly(accepted: number, rejected: readonly { readonly index: number; readonly reason: string }[], origin: string | undefined): Answer {
    const none = accepted === 0 ? { error: 'batch: expected valid hits, got none; see rejected' } : {};
    const body = `${JSON.stringify({ ...none, accepted, rejected })}\n`;
    const fields = { 'Content-Type': 'application/json', ...uncached, ...originFields(origin) };
    return answer({ status: accepted === 0 ? 400 : 200, fields, body });
  }

  refused(status: number, error: string, origin: string | undefined, more: Fields = {}): Answer {
    return refusal(status, error, { ...originFields(origin), ...more });
  }

  /**
   * The answer to a preflight request. The origin is checked with the hit, whose site is then known.
   *
   * @param headers fields that the page asks for: tracing agents add their own to each request
   */
  preflight(origin: string | undefined, headers: string | undefined): Answer {
    const asked = headers !== undefined && fieldNames.test(headers) ? `, ${headers}` : '';
    const fields = {
      'Access-Control-Allow-Methods': 'GET, POST',
      'Access-Control-Allow-Headers': `Content-Type, Content-Encoding${asked}`,
      'Access-Control-Max-Age': '86400',
    };
    return answer({ status: 204, fields: { ...originFields(origin), ...fields } });
  }
}
