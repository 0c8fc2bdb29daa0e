// The answers of the hit paths, with what browsers ask for to let a page of another origin send hits (Fetch standard, CORS protocol).
import { answer, refusal } from '../http/answer';
import type { Answer } from '../http/message';

type Fields = { readonly [name: string]: string };

/** One transparent pixel. */
const pixel = Buffer.from('R0lGODlhAQABAIAAAAAAAP///yH5BAEAAAAALAAAAAABAAEAAAICRAEAOw==', 'base64');
const pixelFields: Fields = { 'Content-Type': 'image/gif', 'Cache-Control': 'no-store' };
const originPattern = /^[\x21-\x7e]{1,300}$/;
/** Origins that answers are kept ready for. */
const mostOrigins = 1000;

/**
 * Beacons send cookies whether they are wanted or not, and browsers drop the request if its preflight does not allow that. Nothing is
 * given away: what hits are answered tells nothing.
 */
const originFields = (origin: string | undefined): Fields =>
  origin === undefined || !originPattern.test(origin)
    ? {}
    : { 'Access-Control-Allow-Origin': origin, 'Access-Control-Allow-Credentials': 'true', Vary: 'Origin' };

export class Replies {
  private readonly kept = { pixel: new Map<string, Answer>(), empty: new Map<string, Answer>() };

  /** All hits were taken. @param cookie value of `Set-Cookie` */
  taken(form: 'pixel' | 'empty', origin: string | undefined, cookie?: string): Answer {
    if (cookie !== undefined) return this.make(form, origin, { 'Set-Cookie': cookie });
    const answers = this.kept[form];
    const ready = answers.get(origin ?? '');
    if (ready !== undefined) return ready;
    const made = this.make(form, origin, {});
    if (answers.size >= mostOrigins) answers.clear();
    answers.set(origin ?? '', made);
    return made;
  }

  private make(form: 'pixel' | 'empty', origin: string | undefined, more: Fields): Answer {
    const fields = { ...originFields(origin), ...more };
    return form === 'empty' ? answer({ status: 204, fields }) : answer({ status: 200, fields: { ...pixelFields, ...fields }, body: pixel });
  }

  /** Of a batch, some hits were not taken, or none (400). */
  partly(accepted: number, rejected: readonly { readonly index: number; readonly reason: string }[], origin: string | undefined): Answer {
    const none = accepted === 0 ? { error: 'batch: expected hits, got none that can be taken; see rejected' } : {};
    const body = `${JSON.stringify({ ...none, accepted, rejected })}\n`;
    const fields = { 'Content-Type': 'application/json', ...originFields(origin) };
    return answer({ status: accepted === 0 ? 400 : 200, fields, body });
  }

  refused(status: number, error: string, origin: string | undefined, more: Fields = {}): Answer {
    return refusal(status, error, { ...originFields(origin), ...more });
  }

  /** Answers the question whether a page may send. Whether its site takes hits of that origin is told by the answer to the hit. */
  preflight(origin: string | undefined): Answer {
    const fields = {
      'Access-Control-Allow-Methods': 'GET, POST',
      'Access-Control-Allow-Headers': 'Content-Type',
      'Access-Control-Max-Age': '86400',
    };
    return answer({ status: 204, fields: { ...originFields(origin), ...fields } });
  }
}
